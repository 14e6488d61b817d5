"""What the files in ``sql/`` make of a database, and what differs from it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import Connection

from runner.db import session
from runner.db.core import translated
from runner.db.revision import current
from runner.files import ROOT
from runner.schema import rights
from runner.schema.head import VERSIONS, head

CATALOG = ROOT / "migrations" / "catalog.sql"
SQL = ROOT / "sql"
# What PgQueuer's schema is at head.
QUEUE = VERSIONS / "0001_pgqueuer.up.sql"

Entry = tuple[str, str, str]
MISSING = "is missing"

_ADAPTERS = """
select c.relname from pg_class as c
where c.relnamespace = 'sync'::regnamespace and obj_description(c.oid, 'pg_class') like 'adapter: %'
union all
select p.proname from pg_proc as p
where p.pronamespace = 'sync'::regnamespace and obj_description(p.oid, 'pg_proc') like 'adapter: %'
"""


# Triggers of ours on the warehouse's tables that are gone, off or for another table.
_GAPS = "select gap from sync.capture_gaps order by 1"


@dataclass(frozen=True, order=True)
class Difference:
    """An object that is not as ``sql/`` says; ``wanted`` is its definition there, None if it has none."""

    kind: str
    name: str
    verdict: str
    wanted: str | None

    def __str__(self) -> str:
        return f"{self.kind} {self.name} {self.verdict}"

    @property
    def is_missing(self) -> bool:
        """Whether there is nothing of that name."""
        return self.verdict == MISSING


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


def differences(connection: Connection) -> list[Difference]:
    """What differs from the files in ``sql/`` and from PgQueuer's schema; none when the database is as it should be.

    The files are run beside the schemas, which have other names meanwhile, and all of it is rolled back: nothing in use
    is locked, and nobody else sees it. Of what attach renders only what is missing is a difference.
    """
    connection.execute("set local lock_timeout = '1s'")
    found, adapters = catalog(connection), _adapters(connection)
    for (name,) in connection.execute(
        "select nspname from pg_namespace where nspname in ('sync', 'pgqueuer')"
    ).fetchall():
        connection.execute(f"alter schema {name} rename to {name}_found".encode())
    connection.execute(QUEUE.read_bytes())
    connection.execute("create schema sync")
    build(connection)
    wanted, lost = catalog(connection), _adapters(connection) - adapters
    connection.rollback()
    there, needed = {entry[:2] for entry in found}, {entry[:2]: entry[2] for entry in wanted}

    def verdict(name: tuple[str, str]) -> str:
        if name not in needed:
            return "is not in sql/"
        return "differs from sql/" if name in there else MISSING

    names = {entry[:2] for entry in found ^ wanted}
    return sorted(
        [
            *(Difference(*name, verdict(name), needed.get(name)) for name in names),
            *(Difference("adapter", f"sync.{name}", MISSING, "") for name in lost),
        ]
    )


def _adapters(connection: Connection) -> set[str]:
    return {str(name) for (name,) in connection.execute(_ADAPTERS).fetchall()}


def check(dsn: str) -> list[str]:
    """Findings about a database: not at head, or different from ``sql/``. Empty when all is well.

    Raises:
        DatabaseError: the server is out of reach, or a lock could not be had within a second.
    """
    with translated(), session.transaction(dsn) as connection:
        at = current(connection)
        if at != head():
            return [f"the schema is at revision {at or 'none'}, this code needs {head()}: run shelfwire db upgrade"]
        amiss = [one.finding for one in rights.roles(connection)]
        if any(finding.endswith(" is missing") for finding in amiss):
            return amiss  # Without them nothing can be compared.
        amiss += [one.finding for one in rights.opened(connection)]
        amiss += [str(gap) for (gap,) in connection.execute(_GAPS).fetchall()]
        return amiss + [str(difference) for difference in differences(connection)]


def fingerprint(dsn: str) -> str:
    """sha256 of the catalog, comparable between servers of one major version."""
    with translated(), session.transaction(dsn) as connection:
        lines = ["\x1f".join(entry) for entry in sorted(catalog(connection))]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
