"""Migrations: they lead to what ``sql/`` says, and back to where they began."""

from __future__ import annotations

import asyncio
import io
import shutil
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from pgqueuer.core.qm import QueueManager

from migrations import release, sqlfile
from runner.db import Database
from runner.db.driver import Listener
from runner.engine import worker
from runner.errors import DatabaseError, InvalidInput
from runner.files import ROOT
from runner.schema import drift, revisions
from runner.schema.head import VERSIONS, head
from tests.seeds import rows, value


def catalog(dsn: str) -> set[drift.Entry]:
    with psycopg.connect(dsn) as connection:
        return drift.catalog(connection)


def execute(dsn: str, statement: str) -> None:
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(statement.encode())


def test_the_revision_that_a_runner_asks_for_is_alembics_newest() -> None:
    assert ScriptDirectory.from_config(Config("alembic.ini")).get_current_head() == head()


def made_of_sql(dsn: str) -> str:
    """Make a database of PgQueuer's tables and the files in ``sql/``, without the rest of the migrations."""
    with psycopg.connect(dsn) as connection:
        connection.execute(sqlfile.text(VERSIONS / "0001_pgqueuer.py", "up").encode())
        connection.execute("create schema sync")
        drift.build(connection)
    return dsn


def test_the_schema_at_head_is_what_the_files_in_sql_make(empty: str, database: str) -> None:
    assert catalog(made_of_sql(empty)) == catalog(database)
    assert drift.check(database) == []


def test_a_column_that_only_one_of_them_makes_is_seen(empty: str, database: str) -> None:
    execute(made_of_sql(empty), "alter table sync.links add extra integer")
    assert catalog(empty) ^ catalog(database) == {("column", "sync.links.extra", "integer")}


def test_a_file_that_lacks_what_no_other_makes_is_named(
    empty: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, text in {
        "roles": "",
        "a": "create view sync.a as select * from sync.b",
        "b": "create view sync.b as select 1 as one",
        "c": "create view sync.c as select * from sync.nowhere",
        "grants": "",
    }.items():
        (tmp_path / f"{name}.sql").write_text(text)
    monkeypatch.setattr(drift, "SQL", tmp_path)
    with psycopg.connect(empty) as connection:
        connection.execute("create schema sync")
        with pytest.raises(psycopg.errors.UndefinedTable, match=r"sync\.nowhere") as raised:
            drift.build(connection)
    assert raised.value.__notes__ == [str(tmp_path / "c.sql")]


def bare(script: Path) -> bool:
    """Does it stand for what a file says when it is run?"""
    return script.read_text().count("--! include ") != script.read_text().count(sqlfile.END)


def released() -> list[str]:
    """The revisions that are history."""
    return release.RELEASED.read_text().split()


def test_a_baseline_that_is_not_released_includes_every_file_once() -> None:
    included = sqlfile.INCLUDE.findall((VERSIONS / "0002_baseline.up.sql").read_text())
    there = [str(path.relative_to(sqlfile.SQL)) for path in drift.files()]
    assert "0002_baseline" in released() or sorted(included) == sorted(there)


def test_a_released_revision_reads_no_file_of_today() -> None:
    assert [path.name for name in released() for path in VERSIONS.glob(f"{name}.*.sql") if bare(path)] == []


def test_a_release_freezes_each_revision_once(
    empty: str, database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    history = shutil.copytree(ROOT / "migrations", tmp_path / "migrations")
    versions = history / "versions"
    scripts = sorted(versions.glob("*.sql"))
    before = {path.name: sqlfile.frozen(path.read_text()) for path in scripts}
    frozen = release.release(versions, history / "released")
    assert sorted(frozen + released()) == sorted(path.stem for path in VERSIONS.glob("[0-9]*_*.py"))
    assert [path.name for path in scripts if bare(path)] == []
    assert {path.name: path.read_text() for path in scripts} == before
    assert release.release(versions, history / "released") == []
    assert {path.name: path.read_text() for path in scripts} == before
    # From now on sql/ may say something else.
    monkeypatch.setattr(sqlfile, "SQL", tmp_path / "nowhere")
    config = Config(ROOT / "alembic.ini", attributes={"dsn": empty})
    config.set_main_option("script_location", str(history))
    command.upgrade(config, "head")
    assert catalog(empty) == catalog(database)


def test_an_attached_warehouse_is_no_drift(warehouse: str) -> None:
    assert drift.check(warehouse) == []


def test_every_revision_can_be_taken_back_and_made_again(empty: str) -> None:
    before = catalog(empty)
    for revision, previous in zip(revisions.revisions(), ["base", *revisions.revisions()], strict=False):
        revisions.upgrade(empty, revision)
        upgraded = catalog(empty)
        assert upgraded != before
        revisions.downgrade(empty, previous)
        assert catalog(empty) == before
        revisions.upgrade(empty, revision)
        assert catalog(empty) == upgraded
        before = upgraded
    assert drift.check(empty) == []


def test_a_downgrade_to_base_leaves_only_the_empty_schema_and_the_roles(empty: str) -> None:
    revisions.upgrade(empty)
    revisions.downgrade(empty, "base")
    assert catalog(empty) == set()
    with psycopg.connect(empty) as connection:
        left = rows(connection, "select relname from pg_class where relnamespace = 'sync'::regnamespace order by 1")
        assert left == [("alembic_version",), ("alembic_version_pkc",)]
        assert value(connection, "select count(*) from sync.alembic_version") == 0


def test_upgrading_again_changes_nothing(database: str) -> None:
    before = catalog(database)
    revisions.upgrade(database)
    assert catalog(database) == before


def test_the_printed_sql_makes_the_same_schema(empty: str, database: str) -> None:
    printed = io.StringIO()
    config = Config(ROOT / "alembic.ini", output_buffer=printed)
    command.upgrade(config, "head", sql=True)
    execute(empty, printed.getvalue())
    assert catalog(empty) == catalog(database)
    assert drift.check(empty) == []


def test_a_failing_revision_leaves_nothing_of_itself(empty: str) -> None:
    revisions.upgrade(empty, "0001")
    execute(empty, "create table sync.budgets (mine integer)")
    before = catalog(empty)
    with pytest.raises(DatabaseError, match="budgets"):
        revisions.upgrade(empty)
    assert catalog(empty) == before
    execute(empty, "drop table sync.budgets")
    revisions.upgrade(empty)
    assert drift.check(empty) == []


def test_an_unknown_revision_is_named(database: str) -> None:
    with pytest.raises(InvalidInput, match="9999"):
        revisions.upgrade(database, "9999")


def test_a_downgrade_that_would_break_the_warehouse_is_refused(warehouse: str) -> None:
    with pytest.raises(InvalidInput, match="detach"):
        revisions.downgrade(warehouse, "base")
    assert drift.check(warehouse) == []
    execute(
        warehouse,
        "insert into warehouse.products (sku, name) values ('A', 'A'); update warehouse.products set sku = 'B'",
    )


def test_pgqueuer_finds_its_tables_current(database: str) -> None:
    async def plan() -> tuple[tuple[str, ...], tuple[str, ...]]:
        async with Database.open(database) as opened:
            queries = worker.queries(opened, Listener(database, opened, []))
            await QueueManager(queries, worker.CHANNEL).verify_structure()
            planned = await queries.plan_upgrade()
            return planned.statements, planned.notes

    assert asyncio.run(plan()) == ((), ())


def test_everything_a_reader_meets_has_a_comment(database: str) -> None:
    with psycopg.connect(database) as connection:
        bare = rows(
            connection,
            """
            select relname from pg_class
            where relnamespace = 'sync'::regnamespace and relkind in ('r', 'p', 'v', 'S') and not relispartition
              and relname <> 'alembic_version' and relname not like '%%_id_seq'
              and obj_description(oid, 'pg_class') is null
            union all
            select proname from pg_proc
            where pronamespace = 'sync'::regnamespace and obj_description(oid, 'pg_proc') is null
            """.replace("%%", "%"),
        )
    assert bare == []


def test_two_databases_have_one_fingerprint(empty: str, database: str) -> None:
    revisions.upgrade(empty)
    assert drift.fingerprint(empty) == drift.fingerprint(database)


@pytest.mark.parametrize(
    "change",
    [
        "alter table sync.links alter sku set not null",
        "drop index sync.calls_at_idx",
        "grant select on sync.shops to public",
        "alter table sync.budgets add check (level > -1)",
    ],
)
def test_the_fingerprint_shows_a_change_made_by_hand(database: str, change: str) -> None:
    before = drift.fingerprint(database)
    execute(database, change)
    assert drift.fingerprint(database) != before


@pytest.mark.parametrize(
    ("change", "finding"),
    [
        (
            "create or replace function sync.lane_of(p_key text, p_lanes integer) returns smallint language sql "
            "immutable strict parallel safe set search_path = pg_catalog, pg_temp return 0::smallint",
            "function sync.lane_of(p_key text, p_lanes integer) differs from sql/",
        ),
        (
            "drop function sync.prune_logs(interval, interval)",
            "function sync.prune_logs",
        ),
        ("create function sync.extra() returns integer language sql return 1", "function sync.extra() is not in sql/"),
        (
            "create function sync.lane_of(integer) returns integer language sql return 1",
            "function sync.lane_of(integer) is not in sql/",
        ),
        (
            "drop function sync.furnish_shops(); "
            "create function sync.furnish_shops() returns text language sql return ''",
            "function sync.furnish_shops() differs from sql/",
        ),
        ("create view sync.extra as select 1 as one", "view sync.extra is not in sql/"),
        (
            "drop view sync.sync_statistics; create view sync.sync_statistics as select 1 as one",
            "view sync.sync_statistics differs from sql/",
        ),
        ("create table sync.extra (id integer)", "table sync.extra is not in sql/"),
        ("alter table sync.links add extra integer", "column sync.links.extra is not in sql/"),
        ("alter table sync.links alter sku set not null", "column sync.links.sku differs from sql/"),
        ("alter table sync.budgets add constraint positive check (level > -1)", "positive is not in sql/"),
        ("drop index sync.calls_at_idx", "index sync.calls_at_idx is missing"),
        ("alter table sync.pending reset (fillfactor)", "table sync.pending differs from sql/"),
        ("alter table sync.runs disable trigger runs_note", "trigger sync.runs.runs_note differs from sql/"),
        ("grant select (id) on sync.shops to public", "grant select on sync.shops.id to public is not in sql/"),
        ("revoke insert on sync.change_log_default from sync_runner", "change_log_default to sync_runner is missing"),
        ("comment on schema sync is null", "comment schema sync is missing"),
    ],
)
def test_check_names_what_was_changed_by_hand(database: str, change: str, finding: str) -> None:
    execute(database, change)
    before = catalog(database)
    findings = drift.check(database)
    assert any(finding in line for line in findings), findings
    assert catalog(database) == before


def test_check_tells_how_far_the_schema_is(empty: str) -> None:
    assert "revision none" in drift.check(empty)[0]
    revisions.upgrade(empty, "0001")
    assert "revision 0001" in drift.check(empty)[0]


def test_two_upgrades_at_once_wait_for_each_other(empty: str) -> None:
    script = "import sys; from runner.schema import revisions; revisions.upgrade(sys.argv[1])"
    both = [subprocess.Popen([sys.executable, "-c", script, empty], cwd=ROOT) for _ in range(2)]
    assert [process.wait() for process in both] == [0, 0]
    assert drift.check(empty) == []
