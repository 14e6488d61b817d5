"""Delivers what alerts have queued, in every runner; the database hands each delivery to one of them."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import structlog

from runner.alerts.sinks import Sinks
from runner.db import Database
from runner.db import alerts as db
from runner.db.alerts import Delivery
from runner.errors import DatabaseError

log = structlog.get_logger()

# What was missed while the listener was away is found so soon.
LONGEST_PAUSE = 60.0
SHORTEST_PAUSE = 1.0


class Courier:
    """Woken by a notification and by schedule. Nothing that happens to a delivery leaves this class."""

    def __init__(self, database: Database, sinks: Sinks) -> None:
        self._db = database
        self._sinks = sinks
        self._wake = asyncio.Event()

    def wake(self, _payload: object = None) -> None:
        """There may be something to deliver."""
        self._wake.set()

    async def run(self, stopping: asyncio.Event) -> None:
        """Deliver until ``stopping`` is set."""
        while not stopping.is_set():
            self._wake.clear()
            pause = SHORTEST_PAUSE
            try:
                while not stopping.is_set() and (claimed := await db.claim_deliveries(self._db)):
                    await asyncio.gather(*map(self._deliver, claimed))
                due = await db.next_delivery(self._db)
                pause = LONGEST_PAUSE if due is None else min(max(due, SHORTEST_PAUSE), LONGEST_PAUSE)
            except DatabaseError as error:
                self._db.outage.note(error)
            except Exception:
                log.exception("alert.failed")
                pause = LONGEST_PAUSE
            if not stopping.is_set():
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._wake.wait(), pause)

    async def _deliver(self, delivery: Delivery) -> None:
        error = await self._sinks.send(delivery)
        state = await db.finish_delivery(self._db, delivery, error)
        about = {"rule": delivery.rule, "told": delivery.event, "sink": delivery.sink, "shop": delivery.shop}
        if error is None:
            log.info("alert.delivered", **about, attempt=delivery.attempt)
        else:
            log.warning("alert.undelivered", **about, attempt=delivery.attempt, state=state, error=error)
