"""A web server with images, as a warehouse has one."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Images:
    """`/ok.png` is there, `/slow.png` waits for `answering`, `/404.png` is answered with that status."""

    url: str
    answering: threading.Event = field(default_factory=threading.Event)
    asked: Counter[str] = field(default_factory=Counter)


@contextmanager
def serving() -> Iterator[Images]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            images.asked[self.path] += 1
            name = self.path.removeprefix("/").removesuffix(".png")
            if name == "slow":
                images.answering.wait()
            status = int(name) if name.isdecimal() else 200
            self.send_response(status)
            if 300 <= status < 400:
                self.send_header("Location", "/ok.png")
            self.send_header("Content-Length", "3")
            self.end_headers()
            self.wfile.write(b"png")

        def log_message(self, *_: Any) -> None:
            """The test says what it saw."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        images = Images(f"http://127.0.0.1:{server.server_port}")
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield images
        finally:
            images.answering.set()
            server.shutdown()
            thread.join()
