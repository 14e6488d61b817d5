"""shop add: whatever address is given and whatever answers there, the words name it, and nothing is kept."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from tests.cli.test_errors import SHOP, expect, shelfwire, shops

LONG = "a" * 70


@contextmanager
def answering(answer: bytes) -> Iterator[str]:
    """A server that says the same to everybody; yields where it listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                with connection:
                    connection.recv(65536)
                    connection.sendall(answer)

        threading.Thread(target=serve, daemon=True).start()
        yield f"127.0.0.1:{server.getsockname()[1]}"


def body(text: str, status: str = "200 OK", kind: str = "application/json") -> bytes:
    length = len(text.encode())
    head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"
    return head.encode() + text.encode()


NO_ADDRESSES = [
    "https://xn--zzzz.invalid",
    "https://127.0.0.1:99999",
    "https://127.0.0.1:-1",
    "https://127.0.0.1:port",
    "https://[::1",
    "https://",
    "https://name.myshopify.com/admin",
    "https://user:word@name.myshopify.com",
    "ftp://name.myshopify.com",
    "https://a b.example",
    "https://\u202ename.myshopify.com",
    "https://name\x00.myshopify.com",
]
NOWHERE = [
    f"https://{LONG}.example",
    "https://name..myshopify.com",
    "https://käse.invalid",
    "https://no-such-host.invalid",
    "https://127.0.0.1:1",
    "https://[::1]:1",
    "http://2130706433:1",
]
ANSWERS = [
    b"",
    b"220 mail.example ESMTP\r\n",
    b"HTTP/1.1 200 OK\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc",
    body("<html>It works!</html>", kind="text/html"),
    body("null"),
    body("[]"),
    body('"text"'),
    body("{}"),
    body('{"data": null}'),
    body('{"data": []}'),
    body('{"data": {"shop": "x"}}'),
    body('{"errors": null, "data": {"shop": null}}'),
    body('{"errors": "Not Found"}', "404 Not Found"),
    body('{"errors": {"base": ["No."]}}', "422 Unprocessable Entity"),
    body('{"errors": [1, null]}'),
    body("{" * 10_000),
    body("\ufeff{}"),
    body("", "204 No Content"),
    body("", "302 Found\r\nLocation: http://127.0.0.1:1/"),
    body("No.", "418 I'm a teapot"),
    body("No.", "999 What"),
]


def add(dsn: str, url: str, code: int, *words: str) -> None:
    """The shop is not added, for a reason that is said in one line."""
    options = ("--token", "shpat_x", "--plain-http", "--url", url)
    done = shelfwire(dsn, "shop", "add", SHOP, *options, SHELFWIRE_HTTP_TIMEOUT="2")
    expect(done, code, "shelfwire: ", *words)
    assert "shpat_x" not in done.stderr and shops(dsn) == 0


def test_what_is_no_address(warehouse: str) -> None:
    for url in NO_ADDRESSES:
        add(warehouse, url, 2, "is no address")


def test_an_address_that_leads_nowhere(warehouse: str) -> None:
    for url in NOWHERE:
        add(warehouse, url, 4)


def test_whatever_answers_in_the_place_of_a_shop(warehouse: str) -> None:
    for answer in ANSWERS:
        with answering(answer) as where:
            add(warehouse, f"http://{where}", 4, "127.0.0.1")


def test_what_speaks_no_tls(warehouse: str) -> None:
    with answering(b"HTTP/1.1 400 Bad Request\r\n\r\n") as where:
        add(warehouse, f"https://{where}", 4, "127.0.0.1")
