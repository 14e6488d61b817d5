"""What our sessions need of somebody else's server, and how nothing of it stays behind in one that is shared.

Databases and roles have habits (`alter database ... set ...`), and a pooler in transaction mode hands a session from
client to client. So nothing is set for a session: commands say what they need at the start of each transaction, and a
runner, which needs sessions of its own anyway, where they start.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from typing import Any

import psycopg
from psycopg import AsyncConnection, IsolationLevel
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.pq import Conninfo

# Names and texts are read the same way everywhere, and no time limit that was meant for the warehouse's own
# application ends our work halfway. What waits for locks has limits of its own.
SETTINGS = {
    "DateStyle": "ISO",
    "IntervalStyle": "postgres",
    "standard_conforming_strings": "on",
    "quote_all_identifiers": "off",
    "search_path": "pg_catalog, pg_temp",
    "statement_timeout": "0",
    "idle_in_transaction_session_timeout": "0",
    # Planned for much and hardly ever finding it: to compile what people look at takes longer than to run it.
    "jit": "off",
}
# Of a runner, whose statements look up some hundred rows by key: planning them anew for each call costs more than
# running them, and a plan made while a table was empty must not scan it once it is full. Its commits need not wait for
# the disk: what a crash of Postgres takes away is done again, and what must not be lost waits by itself
# (`sync.open_lane`, `sync.store_request`). No transaction of a runner is idle for long, unless the process is frozen or
# the machine gone: then others must not wait for its locks.
AT_WORK = {
    **SETTINGS,
    "idle_in_transaction_session_timeout": "10s",
    "synchronous_commit": "off",
    "plan_cache_mode": "force_generic_plan",
    "enable_seqscan": "off",
}
ISOLATION = IsolationLevel.READ_COMMITTED


@dataclass(frozen=True)
class Session:
    """What a session needs, and whether it ``is_own``: never given to another client while we are connected."""

    settings: Mapping[str, str]
    is_own: bool

    def conninfo(self, dsn: str) -> str:
        """The connection string by which it starts."""
        return _with_options(dsn, self.settings) if self.is_own else dsn

    @asynccontextmanager
    async def settled(self, connection: AsyncConnection[Any]) -> AsyncIterator[None]:
        """A block in which the settings hold; one transaction if the session is not ours."""
        if self.is_own:
            yield
            return
        async with connection.transaction():
            await connection.execute(local(self.settings))
            yield


COMMAND = Session(SETTINGS, is_own=False)
RUNNER = Session(AT_WORK, is_own=True)
# Through a pooler, which knows no start-up options.
POOLED_RUNNER = replace(RUNNER, is_own=False)


def local(settings: Mapping[str, str] = SETTINGS) -> bytes:
    """The statements by which settings hold until the end of a transaction."""
    return "; ".join(f"set local {name} = {_listed(value)}" for name, value in settings.items()).encode()


def _listed(value: str) -> str:
    # Each name of a path on its own: in one pair of quotes it would be one name.
    return ", ".join(f"'{part}'" for part in value.split(", "))


def _with_options(dsn: str, settings: Mapping[str, str]) -> str:
    """The connection string, with settings as start-up options that prevail over those it has."""
    wanted = {**settings, "default_transaction_isolation": ISOLATION.name.replace("_", " ").lower()}
    # What libpq would have taken from PGOPTIONS.
    usual = next((option.val or b"" for option in Conninfo.get_defaults() if option.keyword == b"options"), b"")
    given = str(conninfo_to_dict(dsn).get("options") or usual.decode())
    ours = (f"-c {name}={value.replace(' ', chr(92) + ' ')}" for name, value in wanted.items())
    return make_conninfo(dsn, options=" ".join([given, *ours]).strip())


def connect(dsn: str) -> psycopg.Connection[Any]:
    """A connection for other threads than the loop's: at read committed, and nothing is prepared on it.

    Raises:
        psycopg.OperationalError: the server is out of reach.
    """
    connection = psycopg.connect(dsn, client_encoding="UTF8", prepare_threshold=None)
    connection.isolation_level = ISOLATION
    return connection


@contextmanager
def transaction(dsn: str) -> Iterator[psycopg.Connection[Any]]:
    """A connection, in a transaction in which our settings hold, for the length of a block.

    Raises:
        psycopg.OperationalError: the server is out of reach.
    """
    with connect(dsn) as connection:
        connection.execute(local())
        yield connection
