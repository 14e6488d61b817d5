"""What capture costs the warehouse: its own transactions with our triggers against the same without."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from functools import partial
from itertools import repeat
from statistics import median

from psycopg.conninfo import conninfo_to_dict

from bench.scale import Scale
from bench.server import Bench, bench, link_shop
from house.figures import Figure, progress
from house.postgres import Server
from runner.db import Database
from runner.db.driver import Listener
from runner.engine.relay import Relay

ITEMS = 100_000
PRODUCTS = 5_000
CLIENTS = (8, 32)
ROUNDS = 9
BESIDE_ROUNDS = 5
SECONDS = 2
POLL_SECONDS = 1

# One unit is sold or comes back: the smallest transaction that must be captured.
TOGGLE = """\\set id random(1, :items)
update warehouse.shipment_items
set status = case status when 'received' then 'sold' else 'received' end where id = :id;
"""
BULK = """update warehouse.shipment_items
set status = case status when 'received' then 'sold' else 'received' end where id <= %s"""
LOGGED = "select count(*) from sync.change_log"
WAITING = "select exists (select from sync.change_queue_0) or exists (select from sync.change_queue_1)"


def measure(scale: Scale) -> Iterator[Figure]:
    """Yield the ratios of throughput and of the time of a bulk update."""
    items, products = scale.rows(ITEMS), scale.rows(PRODUCTS)
    rounds, seconds = scale.rounds(ROUNDS), scale.seconds(SECONDS)
    with bench(items, products) as at:

        def toggles(clients: int, beside: bool = False) -> float:
            return asyncio.run(_pgbench(at, items, clients, seconds, beside))

        def rewrite() -> float:
            return asyncio.run(_rewrite(at, items))

        for clients in CLIENTS:
            name = f"capture_tps_ratio_{clients}"
            yield Figure(name, _ratio(name, "tps", at, rounds, partial(toggles, clients)), "ratio")
        name = "capture_bulk_time_ratio"
        yield Figure(name, _ratio(name, "s", at, rounds, rewrite), "ratio")
        link_shop(at, products)
        name = "capture_beside_relay_tps_ratio_8"
        yield Figure(name, _ratio(name, "tps", at, scale.rounds(BESIDE_ROUNDS), partial(toggles, 8, True)), "ratio")


def _ratio(name: str, unit: str, at: Bench, rounds: int, run: Callable[[], float]) -> float:
    """The median of with / without, in pairs of runs whose order alternates: A B B A A B ..."""
    ratios = []
    for n in range(rounds):
        seen: dict[bool, float] = {}
        for attached in (False, True) if n % 2 == 0 else (True, False):
            at.capture(attached)
            at.settle()
            before = at.value(LOGGED)
            seen[attached] = run()
            if (at.value(LOGGED) > before) != attached:
                raise RuntimeError(f"capture is not {'on' if attached else 'off'}")
        ratios.append(seen[True] / seen[False])
        progress(f"{name}: {seen[False]:.4g} {unit} without, {seen[True]:.4g} with: {ratios[-1]:.3f}")
    return median(ratios)


async def _pgbench(at: Bench, items: int, clients: int, seconds: int, beside: bool) -> float:
    """Transactions per second; what was captured is relayed afterwards, or ``beside`` the writers on their cores."""
    to = conninfo_to_dict(at.server.dsn)
    command = (
        f"--no-vacuum --protocol=prepared --client={clients} --jobs=2 --time={seconds} --define=items={items} "
        f"--host={to['host']} --port={to['port']} --username={to['user']} --file=- {to['dbname']}"
    ).split()
    if beside:
        async with relaying(at):
            return await _tps(at.server, command)
    tps = await _tps(at.server, command)
    async with relaying(at):
        return tps


async def _tps(server: Server, command: list[str]) -> float:
    process = await asyncio.create_subprocess_exec(
        server.programs / "pgbench",
        *command,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await process.communicate(TOGGLE.encode())
    found = re.search(r"^tps = ([\d.]+)", out.decode(), re.MULTILINE)
    if process.returncode or not found:
        raise RuntimeError(f"pgbench failed: {err.decode()}")
    return float(found[1])


async def _rewrite(at: Bench, items: int) -> float:
    """Seconds of one UPDATE of every unit."""

    def update() -> float:
        started = time.perf_counter()
        at.run(BULK, items)
        return time.perf_counter() - started

    async with relaying(at):
        return await asyncio.to_thread(update)


@asynccontextmanager
async def relaying(at: Bench) -> AsyncIterator[None]:
    """If capture is attached, a runner's relay at work: nothing waits at first, nor at the end."""
    if not at.attached:
        yield
        return
    async with Database.open(at.server.dsn) as database:
        listener = Listener(at.server.dsn, database, ["sync_changes"])
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
