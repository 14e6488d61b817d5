"""Online upgrades: every revision says which tables that are in use it locks, and for how long."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

import psycopg

from runner.schema import revisions as schema
from tests.seeds import rows

VERSIONS = Path(__file__).parent.parent / "migrations" / "versions"
# Weaker ones let readers and writers pass.
STRONG = ("ShareLock", "ShareRowExclusiveLock", "ExclusiveLock", "AccessExclusiveLock")
TABLES = "select oid from pg_class where relkind in ('r', 'p') and relnamespace::regnamespace::text !~ '^pg_|^info'"
LOCKED = """
select distinct l.relation::regclass::text as name from pg_locks as l
where l.pid = pg_backend_pid() and l.locktype = 'relation' and l.mode = any (%s) and l.relation = any (%s) order by 1
"""


def locked(dsn: str, script: str) -> list[str]:
    """The tables of before that a script holds when it is through; it is taken back."""
    with psycopg.connect(dsn) as connection:
        before = [row[0] for row in rows(connection, TABLES)]
        connection.execute(script.encode())
        found = [row[0] for row in rows(connection, LOCKED, list(STRONG), before)]
        connection.rollback()
        return found


def test_every_revision_names_the_tables_it_locks_and_they_are_ours(empty: str) -> None:
    told: dict[str, str] = {}
    held: dict[str, list[str]] = {}
    for revision in schema.revisions():
        (path,) = VERSIONS.glob(f"{revision}_*.up.sql")
        name = path.name.removesuffix(".up.sql")
        words = importlib.import_module(f"migrations.versions.{name}").__doc__ or ""
        told[name] = words.partition("Locks: ")[2]
        held[name] = locked(empty, path.read_text())
        schema.upgrade(empty, revision)
    assert {name: re.findall(r"sync\.\w+", words) for name, words in told.items()} == held
    assert [name for name in told if not re.search(r"for a moment|only new objects", told[name])] == []
