"""PgQueuer's queue manager: one entrypoint per lane, kept running through a restart of Postgres."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta

from pgqueuer.adapters.persistence.qb import QueryBuilderEnvironment, QueryQueueBuilder, QuerySchedulerBuilder
from pgqueuer.adapters.persistence.queries import Queries
from pgqueuer.core.qm import QueueManager
from pgqueuer.domain.settings import DBSettings
from pgqueuer.domain.types import Channel

from runner.db import Database
from runner.db import lanes as db
from runner.db.core import translated
from runner.db.driver import Listener, PoolDriver
from runner.engine.jobs import Handler
from runner.errors import DatabaseError

CHANNEL = Channel("sync_jobs")
# How soon the lanes of a new shop are worked on.
LANES_SECONDS = 2.0
RESTART_SECONDS = 0.5


def queries(database: Database, listener: Listener) -> Queries:
    """PgQueuer's statements, in schema ``pgqueuer``."""
    settings = DBSettings(db_schema="pgqueuer", channel=CHANNEL)
    return Queries(
        PoolDriver(database, listener),
        QueryBuilderEnvironment(settings),
        QueryQueueBuilder(settings),
        QuerySchedulerBuilder(settings),
    )


class Worker:
    """Takes jobs from the lanes of all shops, one at a time from each; ``kinds`` are those that the handler knows."""

    def __init__(
        self,
        database: Database,
        listener: Listener,
        handler: Handler,
        kinds: Sequence[str],
        *,
        poll_seconds: float,
        heartbeat_seconds: float,
    ) -> None:
        self._kinds = kinds
        self._db = database
        self._listener = listener
        self._handler = handler
        self._poll = timedelta(seconds=poll_seconds)
        self._heartbeat = timedelta(seconds=heartbeat_seconds)

    async def run(self, stopping: asyncio.Event) -> None:
        """Work until ``stopping`` is set, then finish what is in flight. Postgres being away is waited for."""
        while not stopping.is_set():
            manager = QueueManager(queries(self._db, self._listener), CHANNEL)
            watch = asyncio.create_task(self._watch(manager, stopping))
            try:
                await self._register(manager)
                # PgQueuer hands out one job per lane, whatever the batch: a batch of one logs its end at once.
                with translated():
                    await manager.run(dequeue_timeout=self._poll, batch_size=1, heartbeat_timeout=self._heartbeat)
            except DatabaseError as error:
                self._db.outage.note(error)
                await asyncio.sleep(RESTART_SECONDS)
            finally:
                watch.cancel()

    async def _watch(self, manager: QueueManager, stopping: asyncio.Event) -> None:
        while not stopping.is_set():
            with suppress(TimeoutError):
                await asyncio.wait_for(stopping.wait(), LANES_SECONDS)
            with suppress(DatabaseError):
                await self._register(manager)
        manager.shutdown.set()

    async def _register(self, manager: QueueManager) -> None:
        for entrypoint in await db.entrypoints(self._db, self._kinds):
            if entrypoint not in manager.entrypoint_registry:
                manager.entrypoint(entrypoint, concurrency_limit=1)(self._handler)
