"""What the runner does by itself: the rows of sync.schedules, run by PgQueuer's scheduler."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import NamedTuple

import structlog
from croniter import CroniterError
from pgqueuer.adapters.persistence.queries import Queries
from pgqueuer.core.sm import SchedulerManager
from pgqueuer.domain.models import Schedule

from runner.db import Database
from runner.db import reports as db
from runner.db import runs as db_runs
from runner.db.core import translated
from runner.engine.cron import next_run, span
from runner.errors import DatabaseError, InvalidInput, ShelfwireError

log = structlog.get_logger()

# How soon a changed schedule is followed.
REREAD_SECONDS = 5.0

Action = Callable[[], Awaitable[None]]


class Entry(NamedTuple):
    """A row of `sync.schedules`: of all shops, or of one; it asks for runs, or is one of the actions."""

    name: str
    shop_id: int | None
    expression: str
    asks_for_runs: bool

    @property
    def entrypoint(self) -> str:
        """PgQueuer's name for it."""
        return self.name if self.shop_id is None else f"{self.name} {self.shop_id}"


class Scheduler:
    """Asks for runs, or runs ``actions`` by name, when their rows say so; several runners share the work."""

    def __init__(self, database: Database, queries: Callable[[], Queries], actions: Mapping[str, Action]) -> None:
        self._db = database
        self._queries = queries
        self._actions = actions

    async def run(self, stopping: asyncio.Event) -> None:
        """Schedule until ``stopping`` is set; a changed row takes effect within seconds."""
        while not stopping.is_set():
            try:
                with translated():
                    await self._follow(await self._wanted(), stopping)
            except DatabaseError as error:
                self._db.outage.note(error)
                await _pause(stopping, 1.0)
            except CroniterError:
                # The last time of one that ends has passed: looked at anew, it is left out.
                await _pause(stopping, 1.0)

    async def _wanted(self) -> list[Entry]:
        return [
            Entry(s["name"], s["shop_id"], s["expression"], s["run_kind"] is not None)
            for s in await db.schedules(self._db)
            if s["is_enabled"]
        ]

    async def _follow(self, wanted: list[Entry], stopping: asyncio.Event) -> None:
        """Run one set of schedules until it is no longer the one wanted; one that never comes holds back no other."""
        manager = SchedulerManager(self._queries())
        for entry in wanted:
            try:
                next_run(entry.expression)
            except InvalidInput as error:
                log.warning("schedule.never_runs", schedule=entry.name, shop_id=entry.shop_id, error=error.message)
                await db.note_schedule(self._db, entry.name, error.message, entry.shop_id)
            else:
                manager.schedule(entry.entrypoint, entry.expression, clean_old=True)(self._action(entry))
        running = asyncio.create_task(manager.run())
        try:
            while not stopping.is_set() and not running.done() and await self._wanted() == wanted:
                await _pause(stopping, REREAD_SECONDS)
        finally:
            manager.shutdown.set()
            await running

    def _action(self, entry: Entry) -> Callable[[Schedule], Awaitable[None]]:
        async def act(_schedule: Schedule) -> None:
            failure: str | None = None
            try:
                if entry.asks_for_runs:
                    await db_runs.queue_scheduled(self._db, entry.name, entry.shop_id, span(entry.expression))
                elif entry.name not in self._actions:
                    raise DatabaseError(f"This runner knows no schedule {entry.name!r}.")
                else:
                    await self._actions[entry.name]()
            except ShelfwireError as error:
                failure = str(error)
                log.warning("schedule.failed", schedule=entry.name, shop_id=entry.shop_id, error=failure)
            await db.note_schedule(self._db, entry.name, failure, entry.shop_id)

        return act


async def _pause(stopping: asyncio.Event, seconds: float) -> None:
    with suppress(TimeoutError):
        await asyncio.wait_for(stopping.wait(), seconds)
