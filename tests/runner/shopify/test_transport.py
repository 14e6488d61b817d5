"""What the transport says of a call that failed: whether it may have been sent."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest

from runner.shopify.transport import http

# In an answer: what follows comes a moment later.
PAUSE = b"<pause>"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n"
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


@asynccontextmanager
async def serving(answer: bytes, *, stays_open: bool = False) -> AsyncIterator[str]:
    """A server that reads each request, writes ``answer`` and closes the connection, or says no more."""
    over = asyncio.Event()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await reader.readuntil(b"}")
            first, pause, rest = answer.partition(PAUSE)
            writer.write(first)
            if pause:
                await asyncio.sleep(0.05)
                writer.write(rest)
            await writer.drain()
            if stays_open:
                await over.wait()
        except asyncio.IncompleteReadError:
            pass  # nothing was sent
        finally:
            writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        over.set()
        server.close()


async def post(url: str, times: int = 1) -> str:
    timeout = httpx.Timeout(0.5, connect=0.5)
    async with http(timeout) as client:
        for _ in range(times):
            answer = await client.post(url, content=b"{}")
            await asyncio.sleep(0.05)
        return answer.text


@pytest.mark.parametrize(
    ("answer", "stays_open", "error"),
    [
        (b"", False, httpx.ReadError),
        (OK[:20], False, httpx.TransportError),
        (OK[:-1], False, httpx.ReadError),
        (b"", True, httpx.ReadTimeout),
        (OK[:-1], True, httpx.ReadTimeout),
        (b"220 mail.example ESMTP\r\n\r\n", False, httpx.RemoteProtocolError),
        (CHUNKED + PAUSE + b"no number\r\n", False, httpx.TransportError),
        (CHUNKED + PAUSE + b"no number\r\n", True, httpx.TransportError),
    ],
    ids=[
        "closed",
        "half a head",
        "half a body",
        "silent",
        "silent in the body",
        "another protocol",
        "broken chunk",
        "broken chunk, silent",
    ],
)
def test_a_request_without_an_answer_may_have_been_executed(
    answer: bytes, stays_open: bool, error: type[httpx.TransportError]
) -> None:
    """I7."""

    async def call() -> None:
        async with serving(answer, stays_open=stays_open) as url:
            await post(url)

    with pytest.raises(error) as found:
        asyncio.run(call())
    assert not isinstance(found.value, httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout)


def test_without_a_connection_nothing_was_executed() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        with pytest.raises((httpx.ConnectError, httpx.ConnectTimeout)):
            asyncio.run(post(f"http://127.0.0.1:{taken.getsockname()[1]}"))


def test_a_header_that_cannot_be_sent_is_said_so() -> None:
    async def call() -> None:
        async with serving(OK) as url, http(httpx.Timeout(0.5)) as client:
            await client.post(url, headers={"X-Shopify-Access-Token": "two\nlines"}, content=b"{}")

    with pytest.raises(httpx.TransportError):
        asyncio.run(call())


def test_the_environment_names_the_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    async def call() -> str:
        async with serving(OK) as proxy:
            monkeypatch.setenv("ALL_PROXY", proxy)
            return await post("http://shop.invalid")

    assert asyncio.run(call()) == "ok"


def test_a_name_that_nobody_knows_is_out_of_reach() -> None:
    with pytest.raises((httpx.ConnectError, httpx.ConnectTimeout)):
        asyncio.run(post("http://shop.invalid"))


def test_a_connection_that_was_closed_while_idle_is_made_anew() -> None:
    async def call() -> str:
        async with serving(OK) as url:
            return await post(url, times=3)

    assert asyncio.run(call()) == "ok"
