"""What the files in ``sql/`` make of a database, and what differs from it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import psycopg
from psycopg import Connection

from runner.db import session
from runner.db.core import translated
from runner.db.revision import current
from runner.files import ROOT
from runner.schema.head import head

CATALOG = ROOT / "migrations" / "catalog.sql"
SQL = ROOT / "sql"

Entry = tuple[str, str, str]


def catalog(connection: Connection) -> set[Entry]:
    """Every object of our schemas as (kind, name, definition); see migrations/catalog.sql."""
    return {(str(k), str(n), str(d)) for k, n, d in connection.execute(CATALOG.read_bytes()).fetchall()}


def files() -> list[Path]:
    """Every file of ``sql/`` that is run as it stands: the roles first, what they may do last."""
    first, last = SQL / "roles.sql", SQL / "grants.sql"
    return [first, *sorted(set(SQL.rglob("*.sql")) - {first, last}), last]


def build(connection: Connection) -> None:
    """Make what ``sql/`` says in an empty schema sync, beside PgQueuer's tables.

    No list says in which order: a file that lacks something is tried again when the others have been run.

    Raises:
        psycopg.ProgrammingError: a file lacks what no other makes.
    """
    first, *others, last = files()
    for step in ([first], others, [last]):
        waiting = step
        while waiting:
            failed = _run(connection, waiting)
            if len(failed) == len(waiting):
                raise next(iter(failed.values()))
            waiting = list(failed)


def _run(connection: Connection, paths: Sequence[Path]) -> dict[Path, psycopg.ProgrammingError]:
    """Run files, each wholly or not at all; returns those that could not be."""
    failed = {}
    for path in paths:
        try:
            with connection.transaction():
                connection.execute(path.read_bytes())
        except psycopg.ProgrammingError as error:
            error.add_note(str(path))
            failed[path] = error
    return failed


def drift(connection: Connection) -> list[str]:
    """What differs from the files in ``sql/``, a line for each; none when the database is as it should be.

    The files are run beside the schema, which has another name meanwhile, and all of it is rolled back: nothing in use
    is locked, and nobody else sees it.
    """
    connection.execute("set local lock_timeout = '1s'")
    found = catalog(connection)
    connection.execute("alter schema sync rename to sync_found")
    connection.execute("create schema sync")
    build(connection)
    wanted = catalog(connection)
    connection.rollback()
    there, needed = ({entry[:2] for entry in entries} for entries in (found, wanted))

    def verdict(name: tuple[str, str]) -> str:
        if name not in needed:
            return "is not in sql/"
        return "differs from sql/" if name in there else "is missing"

    return [f"{' '.join(name)} {verdict(name)}" for name in sorted({entry[:2] for entry in found ^ wanted})]


def check(dsn: str) -> list[str]:
    """Findings about a database: not at head, or different from ``sql/``. Empty when all is well.

    Raises:
        DatabaseError: the server is out of reach, or a lock could not be had within a second.
    """
    with translated(), session.transaction(dsn) as connection:
        at = current(connection)
        if at != head():
            return [f"the schema is at revision {at or 'none'}, this code needs {head()}: run shelfwire db upgrade"]
        return drift(connection)


def fingerprint(dsn: str) -> str:
    """sha256 of the catalog, comparable between servers of one major version."""
    with translated(), session.transaction(dsn) as connection:
        lines = ["\x1f".join(entry) for entry in sorted(catalog(connection))]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
