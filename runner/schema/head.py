"""The revision that this code needs, and the one a database is at."""

from __future__ import annotations

from psycopg import Connection

from runner.files import ROOT

VERSIONS = ROOT / "migrations" / "versions"


def head() -> str:
    """The newest revision: they are numbered, one after the other.

    Alembic says the same; importing it takes a runner longer to start, and 25 MB, than all the rest of it.
    """
    return max(path.stem for path in VERSIONS.glob("[0-9]*_*.py")).split("_")[0]


def current(connection: Connection) -> str | None:
    """The revision a database is at, None before the first."""
    row = connection.execute("select to_regclass('sync.alembic_version')").fetchone()
    if row is None or row[0] is None:
        return None
    found = connection.execute("select version_num from sync.alembic_version").fetchone()
    return str(found[0]) if found else None
