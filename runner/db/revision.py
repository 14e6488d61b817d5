"""The revision that a database is at."""

from __future__ import annotations

from psycopg import Connection

from runner.db.core import Database


def current(connection: Connection) -> str | None:
    """The revision a database is at, None before the first."""
    row = connection.execute("select to_regclass('sync.alembic_version')").fetchone()
    if row is None or row[0] is None:
        return None
    found = connection.execute("select version_num from sync.alembic_version").fetchone()
    return str(found[0]) if found else None


async def revision(db: Database) -> str | None:
    """As `current`, of a database that is known to have one."""
    found = await db.value("select version_num from sync.alembic_version")
    return None if found is None else str(found)
