"""Postgres being away: said once when it goes and once when it is back, whoever notices."""

from __future__ import annotations

import asyncio
import time

import structlog
from psycopg.conninfo import make_conninfo
from psycopg.pq import PGconn, Ping

from runner.errors import DatabaseError, RolledBack

log = structlog.get_logger()

PING_SECONDS = 2


async def is_away(dsn: str) -> bool:
    """Whether no server answers, or one that takes no connections yet. One that refuses this one is there."""
    found = await asyncio.to_thread(PGconn.ping, make_conninfo(dsn, connect_timeout=PING_SECONDS).encode())
    return found in (Ping.REJECT, Ping.NO_RESPONSE)


class Outage:
    """What the parts of a runner know of Postgres together."""

    def __init__(self) -> None:
        self.kind: str | None = None
        """The trouble, in a few words, while there is one."""
        self._since = 0.0

    def note(self, error: DatabaseError) -> None:
        """A statement failed. What was said before about the same trouble is not said again."""
        if isinstance(error, RolledBack):
            log.warning("postgres.rolled_back", error=error.message)
            return
        kind = error.message.partition(":")[0]
        if self.kind is None:
            self._since = time.monotonic()
        if kind != self.kind:
            log.warning("postgres.awaited", error=str(error))
        self.kind = kind

    def over(self) -> None:
        """A statement that reads and writes has passed."""
        if self.kind is not None:
            log.info("postgres.back", seconds=round(time.monotonic() - self._since, 1))
            self.kind = None
