"""The lookout: it wakes a relay that sleeps where nobody notifies it of a change."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress

from runner.db import Database
from runner.db import relay as db
from runner.errors import DatabaseError

# How long one statement looks: not so long that it is logged as a slow one.
LOOK = 0.2


class Lookout:
    """Looks while it is ``needed``. A look is never broken off: Postgres would log an error for each."""

    def __init__(self, database: Database, wake: Callable[[], None], poll_seconds: int) -> None:
        self._db = database
        self._wake = wake
        self._poll_seconds = poll_seconds
        self.needed = asyncio.Event()

    async def run(self, stopping: asyncio.Event) -> None:
        """Look until ``stopping`` is set; of several runners one does."""
        while True:
            await self.needed.wait()
            if stopping.is_set():
                return
            found = await self._look()
            if found:
                self.needed.clear()
                self._wake()
            elif found is None:
                with suppress(TimeoutError):
                    await asyncio.wait_for(stopping.wait(), self._poll_seconds)

    async def _look(self) -> bool | None:
        """Whether a change is queued; None: another runner looks, or the database cannot be asked."""
        try:
            return await db.await_changes(self._db, LOOK)
        except DatabaseError as error:
            self._db.outage.note(error)
            return None
