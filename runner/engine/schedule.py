"""What the runner does by itself: the rows of sync.schedules, run by PgQueuer's scheduler."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress

import structlog
from croniter import CroniterError
from pgqueuer.adapters.persistence.queries import Queries
from pgqueuer.core.sm import SchedulerManager
from pgqueuer.domain.models import Schedule

from runner.db import Database
from runner.db import reports as db
from runner.db.core import translated
from runner.engine.cron import next_run
from runner.errors import DatabaseError, InvalidInput, ShelfwireError

log = structlog.get_logger()

# How soon a changed schedule is followed.
REREAD_SECONDS = 5.0

Action = Callable[[], Awaitable[None]]


class Scheduler:
    """Runs ``actions`` by name, each when its row says so; several runners share the work."""

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

    async def _wanted(self) -> dict[str, str]:
        return {s["name"]: s["expression"] for s in await db.schedules(self._db) if s["is_enabled"]}

    async def _follow(self, wanted: dict[str, str], stopping: asyncio.Event) -> None:
        """Run one set of schedules until it is no longer the one wanted; one that never comes holds back no other."""
        manager = SchedulerManager(self._queries())
        for name, expression in wanted.items():
            try:
                next_run(expression)
            except InvalidInput as error:
                log.warning("schedule.never_runs", schedule=name, error=error.message)
                await db.note_schedule(self._db, name, error.message)
            else:
                manager.schedule(name, expression, clean_old=True)(self._action(name))
        running = asyncio.create_task(manager.run())
        try:
            while not stopping.is_set() and not running.done() and await self._wanted() == wanted:
                await _pause(stopping, REREAD_SECONDS)
        finally:
            manager.shutdown.set()
            await running

    def _action(self, name: str) -> Callable[[Schedule], Awaitable[None]]:
        async def act(_schedule: Schedule) -> None:
            failure: str | None = None
            try:
                if name not in self._actions:
                    raise DatabaseError(f"This runner knows no schedule {name!r}.")
                await self._actions[name]()
            except ShelfwireError as error:
                failure = str(error)
                log.warning("schedule.failed", schedule=name, error=failure)
            await db.note_schedule(self._db, name, failure)

        return act


async def _pause(stopping: asyncio.Event, seconds: float) -> None:
    with suppress(TimeoutError):
        await asyncio.wait_for(stopping.wait(), seconds)
