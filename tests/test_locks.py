"""Online upgrades: every revision says which tables that are in use it locks, and for how long."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

import psycopg
import pytest

from migrations import sqlfile
from runner.schema import drift, revisions
from tests.seeds import rows

VERSIONS = Path(__file__).parent.parent / "migrations" / "versions"
# Weaker ones let readers and writers pass.
STRONG = ("ShareLock", "ShareRowExclusiveLock", "ExclusiveLock", "AccessExclusiveLock")
TABLES = "select oid from pg_class where relkind in ('r', 'p') and relnamespace::regnamespace::text !~ '^pg_|^info'"
LOCKED = """
select distinct l.relation::regclass::text as name from pg_locks as l
where l.pid = pg_backend_pid() and l.locktype = 'relation' and l.mode = any (%s) and l.relation = any (%s) order by 1
"""


def tables(connection: psycopg.Connection) -> list[int]:
    """The tables that are there now."""
    return [row[0] for row in rows(connection, TABLES)]


def held_of(connection: psycopg.Connection, before: list[int]) -> list[str]:
    """Those of them that this transaction keeps from readers or writers."""
    return [row[0] for row in rows(connection, LOCKED, list(STRONG), before)]


def locked(dsn: str, script: str) -> list[str]:
    """The tables of before that a script holds when it is through; it is taken back."""
    with psycopg.connect(dsn) as connection:
        before = tables(connection)
        connection.execute(script.encode())
        found = held_of(connection, before)
        connection.rollback()
        return found


def test_every_revision_names_the_tables_it_locks_and_they_are_ours(empty: str) -> None:
    told: dict[str, str] = {}
    held: dict[str, list[str]] = {}
    for revision in revisions.revisions():
        (path,) = VERSIONS.glob(f"{revision}_*.py")
        words = importlib.import_module(f"migrations.versions.{path.stem}").__doc__ or ""
        told[path.stem] = words.partition("Locks: ")[2]
        held[path.stem] = locked(empty, sqlfile.text(path, "up"))
        revisions.upgrade(empty, revision)
    assert {name: re.findall(r"sync\.\w+", words) for name, words in told.items()} == held
    assert [name for name in told if not re.search(r"for a moment|only new objects", told[name])] == []


def test_a_check_for_drift_locks_no_table_in_use(warehouse: str, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[list[str]] = []
    with psycopg.connect(warehouse) as connection:
        before = tables(connection)

    def build(connection: psycopg.Connection) -> None:
        made(connection)
        seen.append(held_of(connection, before))

    made = drift.build
    monkeypatch.setattr(drift, "build", build)
    assert drift.check(warehouse) == []
    assert seen == [[]]
