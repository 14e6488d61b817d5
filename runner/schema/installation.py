"""What of Shelfwire is in a database: whole, in pieces, or none; and whether a schema of that name is ours at all."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from psycopg import Connection
from psycopg import errors as pg

from runner.db import session
from runner.db.core import translated
from runner.db.revision import current
from runner.errors import DatabaseError, InvalidInput

# Another application's revisions, in a schema of that name, are hardly numbered like ours.
REVISION = re.compile(r"\d{4}")

# Any constant: who changes the schema holds it, so that no two do at once. Before there is a schema nothing of ours
# could be locked, and any session may take this lock; so it is not waited for in silence.
LOCK = 7305808869231650151
LOCK_TIMEOUT = "60s"

_SCHEMAS = """
select n.nspname,
  coalesce(obj_description(n.oid, 'pg_namespace') like 'Shelfwire: %', false),
  exists (
    select from pg_class as c where c.relnamespace = n.oid and c.relname not like 'alembic\\_version%'
  ) or exists (select from pg_proc as p where p.pronamespace = n.oid)
from pg_namespace as n where n.nspname in ('sync', 'pgqueuer')
"""


_HOLDERS = """
select l.pid, a.usename, a.application_name
from pg_locks as l join pg_stat_activity as a on a.pid = l.pid
where l.locktype = 'advisory' and l.granted
  and l.database = (select oid from pg_database where datname = current_database())
  and l.classid::bigint = (%s::bigint >> 32) and l.objid::bigint = (%s::bigint & 4294967295)
"""


@dataclass(frozen=True)
class Installation:
    """What is there.

    Attributes:
        schemas: of ``sync`` and ``pgqueuer`` those that are there and ours.
        strangers: those that are there and somebody else's.
        filled: those that hold anything, but for the revision.
        revision: what schema sync says that it is at.
    """

    schemas: frozenset[str]
    strangers: frozenset[str]
    filled: frozenset[str]
    revision: str | None

    def check(self) -> None:
        """See that every schema of our names is ours.

        Raises:
            InvalidInput: one is not.
        """
        if self.strangers:
            raise InvalidInput(
                f"Schema {' and schema '.join(sorted(self.strangers))} of this database is not Shelfwire's.",
                remedy="Shelfwire needs the schemas sync and pgqueuer for itself: rename what is there.",
            )


def found(connection: Connection) -> Installation:
    """What is in a database."""
    there = {name: (is_marked, is_filled) for name, is_marked, is_filled in connection.execute(_SCHEMAS).fetchall()}
    revision = current(connection)
    if revision is not None and not REVISION.fullmatch(revision):
        revision = None
    # The mark is a comment that the baseline writes: what comes before it is known by its revision.
    ours = {
        name for name, (is_marked, is_filled) in there.items() if is_marked or not is_filled or revision is not None
    }
    return Installation(
        frozenset(ours),
        frozenset(there.keys() - ours),
        frozenset(name for name, (_, is_filled) in there.items() if is_filled),
        revision,
    )


def take_turn(turn: Connection[Any], dsn: str) -> None:
    """Be the only one who changes the schema until a transaction ends.

    Raises:
        DatabaseError: somebody else is, for longer than a minute.
    """
    try:
        turn.execute(f"set local lock_timeout = '{LOCK_TIMEOUT}'".encode())
        turn.execute("select pg_advisory_xact_lock(%s)", (LOCK,))
    except pg.LockNotAvailable as error:
        with session.transaction(dsn) as connection:
            holders = connection.execute(_HOLDERS, (LOCK, LOCK)).fetchall()
        who = ", ".join(f"process {pid} of {role} ({name or 'without a name'})" for pid, role, name in holders)
        raise DatabaseError(
            f"Somebody else has changed the schema, or kept others from it, for {LOCK_TIMEOUT}: {who or 'unknown'}.",
            remedy="If that is no upgrade at work, end it: select pg_terminate_backend(PROCESS)",
        ) from error


@contextmanager
def alone(dsn: str) -> Iterator[Connection[Any]]:
    """A connection, while nobody else changes the schema.

    Another one holds the lock, in a transaction of its own: a lock of the session would stay behind in a pooler.

    Raises:
        DatabaseError: the server is out of reach.
    """
    with translated(), session.transaction(dsn) as turn:
        take_turn(turn, dsn)
        with session.transaction(dsn) as connection:
            yield connection


def look(dsn: str) -> Installation:
    """As `found`, of the database at an address.

    Raises:
        DatabaseError: the server is out of reach.
    """
    with translated(), session.transaction(dsn) as connection:
        return found(connection)
