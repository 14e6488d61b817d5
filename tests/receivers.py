"""What alerts are delivered to: a web server and a mail server, each on a port of its own."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ssl import SSLContext
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass
class Hook:
    """A webhook that answers with ``status`` while it is ``answering``, and what it was sent: headers and body."""

    url: str
    status: int = 200
    answering: threading.Event = field(default_factory=threading.Event)
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)


@contextmanager
def webhook() -> Iterator[Hook]:
    """A web server that takes POST requests."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            hook.answering.wait()
            hook.got.append(({name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(hook.status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """The test says what it saw."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        hook = Hook(f"http://127.0.0.1:{server.server_port}/secret-path")
        hook.answering.set()
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield hook
        finally:
            hook.answering.set()
            server.shutdown()
            thread.join()


class Post:
    """A mail server's memory."""

    def __init__(self) -> None:
        self.got: list[Envelope] = []
        self.port = 0

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        """Take a message."""
        self.got.append(envelope)
        return "250 OK"


@contextmanager
def mail_server(encrypted: SSLContext | None = None, **options: Any) -> Iterator[Post]:
    """A mail server, for smtps with a context of TLS; options are those of aiosmtpd's SMTP."""
    post = Post()
    loop = asyncio.new_event_loop()
    listening = loop.create_server(lambda: SMTP(post, loop=loop, **options), "127.0.0.1", 0, ssl=encrypted)
    server = loop.run_until_complete(listening)
    post.port = server.sockets[0].getsockname()[1]
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield post
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        server.close()
        loop.run_until_complete(server.wait_closed())
        loop.close()
