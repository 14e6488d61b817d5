"""How fast webhooks are answered, each signed, and stored for good before that."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import itertools
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from statistics import quantiles

from bench.bulk import wide
from bench.scale import Scale
from house import core
from house.figures import Figure, progress
from runner.shopify.vault import Vault

SECRET = "shpss_bench"
CONNECTIONS = 32
DELIVERIES = 20_000
# Of a shop that sells as much as any, with an order each.
RATE = 500
SECONDS = 20
# An order with five lines has about so many bytes.
BODY = json.dumps({"id": 1, "note": "x" * 6_000}).encode()
LISTENING = re.compile(r"listening on http://127\.0\.0\.1:(\d+)")


def measure(scale: Scale) -> Iterator[Figure]:
    """Yield deliveries answered per second, and how long one waits for its answer at 500 per second."""
    with wide(1, 1) as (at, _), serving(at) as port:
        deliveries = scale.rows(DELIVERIES)
        load = Load(at.sandbox.shop, port)
        asyncio.run(load.burst(200))
        seconds = asyncio.run(load.burst(deliveries))
        yield Figure("webhook_ack_per_s", deliveries / seconds, "deliveries/s")
        waits = asyncio.run(load.steady(RATE, scale.seconds(SECONDS)))
        yield Figure("webhook_ack_ms_p99", 1000 * quantiles(waits, n=100)[98], "ms")
        stored = at.value("select count(*) from sync.webhooks")
        progress(f"{stored:,} stored")
        assert stored == load.sent, (stored, load.sent)


@contextmanager
def serving(at: core.House) -> Iterator[int]:
    """A server that takes the shop's webhooks; its port."""
    sealed = Vault(at.settings.secret_key).seal(SECRET, at.sandbox.shop, at.value("select url from sync.shops"))
    at.connection.execute("select sync.set_webhook_secret(id, %s) from sync.shops", (sealed,))
    command = [sys.executable, "-m", "cli", "serve", "--port", "0"]
    environment = {**os.environ, **at.environment}
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as served:
        assert served.stderr is not None
        found = LISTENING.search(served.stderr.readline())
        assert found is not None
        try:
            yield int(found[1])
        finally:
            served.terminate()


class Load:
    """A shop that sends webhooks over connections that stay open."""

    def __init__(self, shop: str, port: int) -> None:
        self.sent = 0
        self._port = port
        self._numbers = itertools.count()
        signed = base64.b64encode(hmac.digest(SECRET.encode(), BODY, hashlib.sha256)).decode()
        self._head = (
            f"POST /webhooks HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(BODY)}\r\n"
            f"X-Shopify-Topic: products/update\r\nX-Shopify-Shop-Domain: {shop}\r\nX-Shopify-Hmac-Sha256: {signed}\r\n"
            "X-Shopify-API-Version: 2026-10\r\nX-Shopify-Webhook-Id: "
        ).encode()

    async def burst(self, deliveries: int) -> float:
        """So many, as fast as they are answered; returns the seconds."""
        left = iter(range(deliveries))

        async def work(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            for _ in left:
                await self._send(reader, writer)

        async with self._connected() as pairs:
            begun = time.perf_counter()
            await asyncio.gather(*(work(*pair) for pair in pairs))
            return time.perf_counter() - begun

    async def steady(self, rate: int, seconds: int) -> list[float]:
        """So many per second, whether they are answered or not; returns how long each waited for its answer."""
        free: asyncio.Queue[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = asyncio.Queue()
        waits: list[float] = []

        async def one(due: float) -> None:
            pair = await free.get()
            await self._send(*pair)
            waits.append(time.perf_counter() - due)
            free.put_nowait(pair)

        async with self._connected() as pairs, asyncio.TaskGroup() as group:
            for pair in pairs:
                free.put_nowait(pair)
            begun = time.perf_counter()
            for number in range(rate * seconds):
                due = begun + number / rate
                await asyncio.sleep(max(0.0, due - time.perf_counter()))
                group.create_task(one(due))
        return waits

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator[list[tuple[asyncio.StreamReader, asyncio.StreamWriter]]]:
        pairs = [await asyncio.open_connection("127.0.0.1", self._port) for _ in range(CONNECTIONS)]
        try:
            yield pairs
        finally:
            for _, writer in pairs:
                writer.close()
                await writer.wait_closed()

    async def _send(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"%b%d\r\n\r\n%b" % (self._head, next(self._numbers), BODY))
        head = await reader.readuntil(b"\r\n\r\n")
        length = re.search(rb"content-length: (\d+)", head)
        assert head.startswith(b"HTTP/1.1 200") and length is not None, head
        await reader.readexactly(int(length[1]))
        self.sent += 1
