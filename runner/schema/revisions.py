"""Bring a database from one revision to another."""

from __future__ import annotations

import psycopg
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError
from sqlalchemy.exc import DBAPIError

from runner import errors
from runner.db import session
from runner.db.core import translated
from runner.files import ROOT


def _config(dsn: str) -> Config:
    """What alembic.ini says too, which is for people who write revisions: an installed wheel has none."""
    config = Config(attributes={"dsn": dsn})
    # The revisions import migrations.sqlfile.
    options = {"script_location": ROOT / "migrations", "prepend_sys_path": ROOT, "path_separator": "newline"}
    for name, value in options.items():
        config.set_main_option(name, str(value).replace("%", "%%"))
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
    with translated(), session.transaction(dsn) as connection:
        # Before the first step: each is a transaction of its own, and the triggers need what the last ones drop.
        if connection.execute("select 1 from pg_trigger where tgname like 'sync\\_capture\\_%' limit 1").fetchone():
            raise errors.InvalidInput("A warehouse is attached.", remedy="Run: shelfwire detach")
    _run("downgrade", dsn, revision)


def stamp(dsn: str, revision: str) -> None:
    """Note that the schema is at a revision, and change nothing else."""
    _run("stamp", dsn, revision)


def revisions() -> list[str]:
    """All revisions, oldest first."""
    script = ScriptDirectory.from_config(_config(""))
    return [r.revision for r in reversed(list(script.walk_revisions()))]
