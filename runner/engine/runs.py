"""Runs: what was asked for is taken from the queue, executed with a sign of life, and followed until it is through."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from datetime import timedelta
from typing import Any, NamedTuple

import structlog

from runner.bulk.reading import give_up
from runner.db import Database
from runner.db import bulk as db_bulk
from runner.db import runs as db
from runner.db import shops as db_shops
from runner.db.runs import Run
from runner.db.shops import Shop
from runner.engine.jobs import backoff
from runner.errors import (
    DatabaseError,
    MappingBroken,
    RunCancelled,
    RunTaken,
    ShelfwireError,
    Superseded,
    Transient,
)
from runner.shopify.client import Client

log = structlog.get_logger()

CHANNEL = "sync_runs"
# How often a sign of life is given, and those that follow their keys are looked at.
BEAT_SECONDS = 1.0
# Runs that one process is at, at most: each may hold a connection, and some megabytes.
AT_ONCE = 16
# What Shopify, or Postgres, lets fail is begun so often in all.
ATTEMPTS = 5

# Called with how many are done and how many there are; raises what is to end the run.
Progress = Callable[[int, int], None]
Work = Callable[[Database, Client, Shop, Run, Progress], Awaitable[Mapping[str, Any] | None]]
Opened = Callable[[int], Awaitable[Client]]


class Pass(NamedTuple):
    """What a kind of run does. ``follows``: it is through when what it has made pending is acknowledged or refused."""

    work: Work
    follows: bool = False


class Gauge:
    """How far a run is, as its work says; what is to end it is raised there. ``told`` is called as well."""

    def __init__(self, told: Progress | None = None) -> None:
        self.done: int | None = None
        self.total: int | None = None
        self.end: ShelfwireError | None = None
        self._told = told

    def __call__(self, done: int, total: int) -> None:
        self.done, self.total = done, max(done, total)
        if self._told is not None:
            self._told(self.done, self.total)
        if self.end is not None:
            raise self.end


AtWork = dict[int, tuple[Run, Gauge]]


class Runs:
    """Executes what is queued. ``passes`` by kind; ``done`` is called when one has made something pending."""

    def __init__(
        self,
        database: Database,
        passes: Mapping[str, Pass],
        client: Opened,
        poll_seconds: float,
        done: Callable[[], None],
    ) -> None:
        self._db = database
        self._passes = passes
        self._client = client
        self._poll_seconds = poll_seconds
        self._done = done
        self._woken = asyncio.Event()
        self._at_work: AtWork = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def wake(self, _payload: object = None) -> None:
        """Something was queued, cancelled, or has ended."""
        self._woken.set()

    async def run(self, stopping: asyncio.Event) -> None:
        """Execute until ``stopping`` is set; what is under way then waits for another process, and goes on there."""
        beating = asyncio.create_task(_beat(self._db, self._at_work))
        try:
            while not stopping.is_set():
                self._woken.clear()
                pause = float(self._poll_seconds)
                try:
                    if await db.follow_runs(self._db):
                        pause = min(pause, BEAT_SECONDS)
                    while len(self._at_work) < AT_ONCE and (run := await db.take_run(self._db, [*self._passes])):
                        self._begin(run)
                except DatabaseError as error:
                    self._db.outage.note(error)
                await self._pause(stopping, pause)
        finally:
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)
            beating.cancel()

    async def _pause(self, stopping: asyncio.Event, seconds: float) -> None:
        waits = [asyncio.create_task(event.wait()) for event in (self._woken, stopping)]
        await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        for wait in waits:
            wait.cancel()

    def _begin(self, run: Run) -> None:
        gauge = Gauge()
        self._at_work[run.id] = run, gauge
        task = asyncio.create_task(self._execute(run, gauge))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _execute(self, run: Run, gauge: Gauge) -> None:
        structlog.contextvars.bind_contextvars(run_id=run.id, run_kind=run.kind, shop_id=run.shop_id)
        log.info("run.begun", attempt=run.attempt)
        try:
            await execute(self._db, self._passes[run.kind], self._client, run, gauge, attempts=ATTEMPTS)
        except Superseded as error:
            log.info("run.superseded", reason=error.message)
        except ShelfwireError as error:
            log.warning("run.failed", attempt=run.attempt, error=str(error))
        except Exception:
            log.exception("run.failed", attempt=run.attempt)
        else:
            log.info("run.read")
            self._done()
        finally:
            if self._at_work.get(run.id, (run, None))[1] is gauge:
                del self._at_work[run.id]
            self.wake()


async def execute_here(
    database: Database, passes: Mapping[str, Pass], client: Opened, kind: str, run_id: int, told: Progress
) -> None:
    """Take a run of the queue and execute it, as a runner would, in a process that is none.

    Raises:
        RunTaken: another process is at it, or at one of its kind.
        ShelfwireError: what has ended it.
    """
    run = await db.take_run(database, [kind], run_id)
    if run is None:
        raise RunTaken(f"another process is at it: {kind}.", remedy="See it with: shelfwire runs")
    gauge = Gauge(told)
    beating = asyncio.create_task(_beat(database, {run.id: (run, gauge)}))
    try:
        await execute(database, passes[kind], client, run, gauge)
    finally:
        beating.cancel()


async def _beat(database: Database, at_work: AtWork) -> None:
    """Say that runs are alive, and hear which of them are to end."""
    while True:
        await asyncio.sleep(BEAT_SECONDS)
        if at_work:
            with suppress(DatabaseError):
                beats = [(run, gauge.done, gauge.total) for run, gauge in at_work.values()]
                for run_id, end in (await db.beat_runs(database, beats)).items():
                    if run_id in at_work:
                        at_work[run_id][1].end = end


async def execute(
    database: Database, of_kind: Pass, client: Opened, run: Run, gauge: Gauge, *, attempts: int = 1
) -> None:
    """Do what a run that was taken is for, and note what came of it.

    Args:
        attempts: what fails for a reason that may pass is put back into the queue until it was begun so often.

    Raises:
        ShelfwireError: what has ended it, whatever it is; it is noted.
    """
    assert run.shop_id is not None
    opened: Client | None = None
    try:
        shop = await db_shops.shop(database, run.shop_id)
        if shop is None:
            raise RunTaken(f"The shop of run {run.id} was removed.")
        opened = await client(shop.id)
        result = await of_kind.work(database, opened, shop, run, gauge)
        await (db.conclude_run if of_kind.follows else db.finish_run)(database, run, json.dumps(dict(result or {})))
    except asyncio.CancelledError:
        with suppress(DatabaseError):
            await asyncio.shield(db.give_back_run(database, run, None, timedelta(0)))
        raise
    except RunTaken:
        raise
    except RunCancelled:
        await db.finish_run(database, run, None, "cancelled")
        await _abandon(database, opened, run, "The run was cancelled.")
        raise
    except Exception as error:
        with suppress(DatabaseError):
            if await _note(database, run, error, attempts):
                await _abandon(database, opened, run, "The run has failed.")
        raise


async def _note(database: Database, run: Run, error: Exception, attempts: int) -> bool:
    """What ends a run early is its error; it is begun again if that may pass: False."""
    text = str(error) or type(error).__name__
    if isinstance(error, Transient | DatabaseError) and not isinstance(error, MappingBroken) and run.attempt < attempts:
        await db.give_back_run(database, run, text, 8 * backoff(run.attempt))
        return False
    await db.finish_run(database, run, None, text)
    if isinstance(error, MappingBroken):
        # What it feeds is held from now on, and people are told.
        await db.probe_mapping(database)
    return True


async def _abandon(database: Database, client: Client | None, run: Run, why: str) -> None:
    """Bulk operations of a run that has ended are wanted by nobody."""
    assert run.shop_id is not None
    for operation in await db_bulk.unended(database, run.shop_id, run.owner):
        await give_up(database, client, operation, why)
