"""Hands webhooks that have come to their subjects, in every runner."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress

from runner.db import Database
from runner.db import webhooks as db
from runner.errors import DatabaseError

CHANNEL = "sync_webhooks"


class Router:
    """Woken by a notification, and by looking; ``heard`` is called when something was handed on."""

    def __init__(self, database: Database, poll_seconds: float, heard: Callable[[], None]) -> None:
        self._db = database
        self._poll = poll_seconds
        self._heard = heard
        self._woken = asyncio.Event()

    def wake(self, _payload: object = None) -> None:
        """There may be webhooks."""
        self._woken.set()

    async def run(self, stopping: asyncio.Event) -> None:
        """Work until ``stopping`` is set."""
        while not stopping.is_set():
            self._woken.clear()
            try:
                while not stopping.is_set() and await db.route_webhooks(self._db):
                    self._heard()
            except DatabaseError as error:
                self._db.outage.note(error)
            if not stopping.is_set():
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._woken.wait(), self._poll)
