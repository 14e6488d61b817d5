"""Deliveries on their way into the inbox: those that come while a statement is under way go together with the next."""

from __future__ import annotations

import asyncio
import time

from runner.db import Database
from runner.db import webhooks as db
from runner.db.webhooks import Delivery
from runner.errors import DatabaseError

# Of one statement; and so many may wait, whoever comes then is asked to come again.
MOST = 500
WAITING = 5_000
# Shopify waits five seconds: Postgres may restart meanwhile.
PATIENCE = 2.0
PAUSE = 0.1


class Full(Exception):
    """More deliveries wait than can be stored soon."""


class Inbox:
    """Stores deliveries; whoever waits for one may answer it afterwards."""

    def __init__(self, database: Database) -> None:
        self._db = database
        self._waiting: list[tuple[Delivery, asyncio.Future[None]]] = []
        self._work: asyncio.Task[None] | None = None

    async def store(self, delivery: Delivery) -> None:
        """Return when it is committed.

        Raises:
            Full: too many wait.
            DatabaseError: it could not be stored within two seconds.
        """
        if len(self._waiting) >= WAITING:
            raise Full
        stored: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((delivery, stored))
        if self._work is None:
            self._work = asyncio.create_task(self._drain())
        await stored

    async def _drain(self) -> None:
        try:
            while self._waiting:
                some, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
                try:
                    await self._insert([delivery for delivery, _ in some])
                except BaseException as error:
                    for _, stored in some:
                        if not stored.done():
                            stored.set_exception(error)
                    if not isinstance(error, Exception):
                        raise
                else:
                    for _, stored in some:
                        if not stored.done():
                            stored.set_result(None)
        finally:
            self._work = None

    async def _insert(self, deliveries: list[Delivery]) -> None:
        until = time.monotonic() + PATIENCE
        while True:
            try:
                await db.receive_webhooks(self._db, deliveries)
            except DatabaseError as error:
                self._db.outage.note(error)
                if time.monotonic() >= until:
                    raise
                await asyncio.sleep(PAUSE)
            else:
                self._db.outage.over()
                return
