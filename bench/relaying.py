"""A runner's relay at work on what is captured, beside the writers or after them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from itertools import repeat
from typing import TypeVar

from bench.server import Bench
from runner.db import Database
from runner.db.driver import Listener
from runner.engine.relay import Relay

POLL_SECONDS = 1
WAITING = "select exists (select from sync.change_queue_0) or exists (select from sync.change_queue_1)"

T = TypeVar("T")


def beside_relay(at: Bench, work: Callable[[], T]) -> T:
    """What ``work`` returns. If capture is on, the relay is at work meanwhile; nothing waits before, nor after."""

    async def both() -> T:
        if not at.attached:
            return work()
        async with _relaying(at):
            return await asyncio.to_thread(work)

    return asyncio.run(both())


def drain(at: Bench) -> None:
    """Relay what is captured."""
    beside_relay(at, lambda: None)


@asynccontextmanager
async def _relaying(at: Bench) -> AsyncIterator[None]:
    async with Database.open(at.dsn) as database:
        listener = Listener(at.dsn, database, ["sync_changes"])
        relay = Relay(database, listener.connected, POLL_SECONDS)
        listener.add("sync_changes", relay.wake)
        stopping = asyncio.Event()
        listening = asyncio.create_task(listener.run())
        await listener.connected.wait()
        running = asyncio.create_task(relay.run(stopping))
        try:
            await _drained(database)
            yield
            await _drained(database)
        finally:
            stopping.set()
            relay.wake()
            await running
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)


async def _drained(database: Database) -> None:
    async with asyncio.timeout(60):
        for pause in repeat(0.05):
            if not await database.value(WAITING):
                return
            await asyncio.sleep(pause)
