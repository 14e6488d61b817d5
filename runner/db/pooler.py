"""Whether a pooler stands between us and Postgres, and whose the sessions are that it hands out."""

from __future__ import annotations

import asyncio
from enum import StrEnum

from runner.db.core import Connection, connect, translated

# A pooler that gives one session to several clients shows it within one or two looks, unless others are quick.
LOOKS = 5
# A second connection that waits longer is kept waiting by the first: nothing is shared.
LOOK_SECONDS = 5.0
BETWEEN = "A pooler in transaction mode stands before Postgres."
DIRECTLY = "Let SHELFWIRE_DATABASE_URL lead to Postgres itself, or to a pool in session mode."


class Pooling(StrEnum):
    """What a connection string leads to."""

    NONE = "none"
    SESSION = "session"
    TRANSACTION = "transaction"


async def pooling(dsn: str, *, timeout: float = 5.0) -> Pooling:
    """Find out by asking for the number of the server process only: nothing is left behind in a session.

    Raises:
        DatabaseError: the server is out of reach.
    """
    async with await connect(dsn, timeout=timeout) as one:
        # A pooler makes up what Postgres itself tells at the start, for its clients have no process of their own.
        if await _process(one) == one.info.backend_pid:
            return Pooling.NONE
        async with await connect(dsn, timeout=timeout) as other:
            try:
                shared = await asyncio.wait_for(_share(one, other), LOOK_SECONDS)
            except TimeoutError:
                shared = False
        return Pooling.TRANSACTION if shared else Pooling.SESSION


async def _share(one: Connection, other: Connection) -> bool:
    """Whether two clients, both connected, are given one session by turns, or one client several."""
    first = await _process(one)
    for _ in range(LOOKS):
        with translated():
            async with other.transaction():
                if await _process(other) == first:
                    return True
        if await _process(one) != first:
            return True
    return False


async def _process(connection: Connection) -> int:
    with translated():
        cursor = await connection.execute("select pg_catalog.pg_backend_pid() as pid")
        row = await cursor.fetchone()
    assert row is not None
    return int(row["pid"])
