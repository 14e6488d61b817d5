"""The schema of the database: upgrade and downgrade it, check that it is what the files in ``sql/`` say."""

from __future__ import annotations

import hashlib
from collections import Counter
from pathlib import Path

import psycopg
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError
from psycopg import Connection
from psycopg import errors as pg
from sqlalchemy.exc import DBAPIError

from runner import errors
from runner.db.core import translated
from runner.files import ROOT
from runner.schema.revision import head

CATALOG = ROOT / "migrations" / "catalog.sql"

Entry = tuple[str, str, str]


def _config(dsn: str) -> Config:
    config = Config(ROOT / "alembic.ini")
    config.attributes["dsn"] = dsn
    return config


def _run(action: str, dsn: str, revision: str) -> None:
    with translated():
        try:
            getattr(command, action)(_config(dsn), revision)
        except DBAPIError as error:
            raise error.orig if isinstance(error.orig, psycopg.Error) else error from error
        except CommandError as error:
            raise errors.InvalidInput(f"There is no revision {revision!r}: {error}.") from error


def upgrade(dsn: str, revision: str = "head") -> None:
    """Bring the schema to a revision, each revision in a transaction of its own.

    Raises:
        DatabaseError: a revision failed; what came before it stays, of itself nothing does.
    """
    _run("upgrade", dsn, revision)


def downgrade(dsn: str, revision: str) -> None:
    """Take revisions back, down to and without ``base``. Data in dropped tables is lost.

    Raises:
        InvalidInput: a warehouse is attached; nothing is taken back.
        DatabaseError: as for upgrade.
    """
    with translated(), psycopg.connect(dsn) as connection:
        # Before the first step: each is a transaction of its own, and the triggers need what the last ones drop.
        if connection.execute("select 1 from pg_trigger where tgname like 'sync\\_capture\\_%' limit 1").fetchone():
            raise errors.InvalidInput("A warehouse is attached.", remedy="Run: shelfwire detach")
    _run("downgrade", dsn, revision)


def current(connection: Connection) -> str | None:
    """The revision a database is at, None before the first."""
    row = connection.execute("select to_regclass('sync.alembic_version')").fetchone()
    if row is None or row[0] is None:
        return None
    found = connection.execute("select version_num from sync.alembic_version").fetchone()
    return str(found[0]) if found else None


def catalog(connection: Connection) -> set[Entry]:
    """Every object of our schemas as (kind, name, definition); see migrations/catalog.sql."""
    return {(str(k), str(n), str(d)) for k, n, d in connection.execute(CATALOG.read_bytes()).fetchall()}


def living_files() -> list[Path]:
    """The files that say what the database must look like now."""
    return sorted(p for folder in ("functions", "triggers", "views") for p in (ROOT / "sql" / folder).rglob("*.sql"))


def drift(connection: Connection) -> list[str]:
    """What differs from the files in ``sql/``: each run in a transaction that is rolled back must change nothing.

    Returns one line per difference, none when the database is as it should be.
    """
    connection.execute("set local lock_timeout = '1s'")
    before = catalog(connection)
    refused = []
    for path in living_files():
        try:
            with connection.transaction():
                connection.execute(path.read_bytes())
        except (
            pg.InvalidFunctionDefinition,
            pg.InvalidTableDefinition,
            pg.UndefinedObject,
            pg.WrongObjectType,
        ) as error:
            refused.append(
                f"{path.stem} differs from its file in sql/, which cannot replace it: {error.diag.message_primary}"
            )
    after = catalog(connection)
    connection.rollback()
    names = sorted({(kind, name) for kind, name, _ in before ^ after})
    known = {path.stem for path in living_files()}
    functions = Counter(name.split("(")[0] for kind, name, _ in before if kind == "function")
    strangers = [
        f"{kind} {name} has no file in sql/"
        for kind, name, _ in sorted(before)
        if kind in ("function", "view") and name.startswith("sync.") and name[5:].split("(")[0] not in known
    ]
    strangers += [f"function {name} exists {n} times" for name, n in sorted(functions.items()) if n > 1]
    return [f"{kind} {name} differs from its file in sql/" for kind, name in names] + refused + strangers


def check(dsn: str) -> list[str]:
    """Findings about a database: not at head, or different from ``sql/``. Empty when all is well.

    Raises:
        DatabaseError: the server is out of reach, or a lock could not be had within a second.
    """
    with translated(), psycopg.connect(dsn) as connection:
        found = current(connection)
        if found != head():
            return [f"the schema is at revision {found or 'none'}, this code needs {head()}: run shelfwire db upgrade"]
        return drift(connection)


def fingerprint(dsn: str) -> str:
    """sha256 of the catalog, comparable between servers of one major version."""
    with translated(), psycopg.connect(dsn) as connection:
        lines = ["\x1f".join(entry) for entry in sorted(catalog(connection))]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def revisions() -> list[str]:
    """All revisions, oldest first."""
    script = ScriptDirectory.from_config(_config(""))
    return [r.revision for r in reversed(list(script.walk_revisions()))]
