"""The relay loop beside a mapping whose selects never end: they are broken off, and everything else goes on."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from runner.db import Database
from runner.engine import relay
from tests.seeds import Shelf, rows, value


@asynccontextmanager
async def relaying(dsn: str) -> AsyncIterator[None]:
    async with Database.open(dsn) as database:
        loop = relay.Relay(database, asyncio.Event(), 1)
        stopping = asyncio.Event()
        running = asyncio.create_task(loop.run(stopping))
        try:
            yield
        finally:
            stopping.set()
            loop.wake()
            await running


async def until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        await asyncio.sleep(0.05)


def test_a_select_that_never_ends_is_broken_off_and_told(
    shelf: Shelf, warehouse: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relay, "PATIENCE", 1.0)
    (key,) = shelf.stocked(2)
    c = shelf.connection
    read = value(c, "select pg_get_functiondef('sync.read_stock(text[])'::regprocedure)")
    c.execute(read.replace("begin\n", "begin\n  perform pg_sleep(3600);\n", 1).encode())

    async def work() -> None:
        async with relaying(warehouse):
            shelf.sell(key)
            await until(lambda: rows(c, "select from sync.open_alerts where rule = 'mapping_broken'"))
            shelf.sell(key)
            await until(lambda: rows(c, "select from sync.change_log offset 1"))
            c.execute(read.encode())
            c.execute("update sync.mapping_faults set probe_at = now()")
            await until(shelf.pending)

    asyncio.run(work())
    assert rows(c, "select from sync.open_alerts") == []
    assert rows(c, "select from sync.slices") == []


def test_a_pass_that_is_broken_off_elsewhere_gets_more_time(
    shelf: Shelf, warehouse: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relay, "PATIENCE", 0.4)
    (key,) = shelf.stocked(2)
    c = shelf.connection
    pack = value(c, "select pg_get_functiondef('sync.pack_jobs()'::regprocedure)")
    c.execute(pack.replace("begin\n", "begin\n  perform pg_sleep(0.6);\n", 1).encode())

    async def work() -> None:
        async with relaying(warehouse):
            shelf.sell(key)
            await until(shelf.pending)

    asyncio.run(work())
    assert rows(c, "select from pgqueuer.pgqueuer")
