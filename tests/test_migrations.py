"""Migrations: they lead to what ``sql/`` says, and back to where they began."""

from __future__ import annotations

import asyncio
import io
import subprocess
import sys

import psycopg
import pytest
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from pgqueuer.core.qm import QueueManager

from runner.db import Database
from runner.engine import worker
from runner.engine.driver import Listener
from runner.errors import DatabaseError, InvalidInput
from runner.files import ROOT
from runner.schema import revisions as schema
from runner.schema.revision import head
from tests.seeds import rows, value


def catalog(dsn: str) -> set[schema.Entry]:
    with psycopg.connect(dsn) as connection:
        return schema.catalog(connection)


def execute(dsn: str, statement: str) -> None:
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(statement.encode())


def test_the_revision_that_a_runner_asks_for_is_alembics_newest() -> None:
    assert ScriptDirectory.from_config(Config("alembic.ini")).get_current_head() == head()


def test_the_schema_at_head_is_what_the_living_files_say(database: str) -> None:
    assert schema.check(database) == []


def test_an_attached_warehouse_is_no_drift(warehouse: str) -> None:
    assert schema.check(warehouse) == []


def test_every_revision_can_be_taken_back_and_made_again(empty: str) -> None:
    before = catalog(empty)
    for revision, previous in zip(schema.revisions(), ["base", *schema.revisions()], strict=False):
        schema.upgrade(empty, revision)
        upgraded = catalog(empty)
        assert upgraded != before
        schema.downgrade(empty, previous)
        assert catalog(empty) == before
        schema.upgrade(empty, revision)
        assert catalog(empty) == upgraded
        before = upgraded
    assert schema.check(empty) == []


def test_a_downgrade_to_base_leaves_only_the_empty_schema_and_the_roles(empty: str) -> None:
    schema.upgrade(empty)
    schema.downgrade(empty, "base")
    assert catalog(empty) == set()
    with psycopg.connect(empty) as connection:
        left = rows(connection, "select relname from pg_class where relnamespace = 'sync'::regnamespace order by 1")
        assert left == [("alembic_version",), ("alembic_version_pkc",)]
        assert value(connection, "select count(*) from sync.alembic_version") == 0


def test_upgrading_again_changes_nothing(database: str) -> None:
    before = catalog(database)
    schema.upgrade(database)
    assert catalog(database) == before


def test_the_printed_sql_makes_the_same_schema(empty: str, database: str) -> None:
    printed = io.StringIO()
    config = Config(ROOT / "alembic.ini", output_buffer=printed)
    command.upgrade(config, "head", sql=True)
    execute(empty, printed.getvalue())
    assert catalog(empty) == catalog(database)
    assert schema.check(empty) == []


def test_a_failing_revision_leaves_nothing_of_itself(empty: str) -> None:
    schema.upgrade(empty, "0003")
    execute(empty, "create table sync.budgets (mine integer)")
    before = catalog(empty)
    with pytest.raises(DatabaseError, match="budgets"):
        schema.upgrade(empty)
    assert catalog(empty) == before
    execute(empty, "drop table sync.budgets")
    schema.upgrade(empty)
    assert schema.check(empty) == []


def test_an_unknown_revision_is_named(database: str) -> None:
    with pytest.raises(InvalidInput, match="9999"):
        schema.upgrade(database, "9999")


def test_a_downgrade_that_would_break_the_warehouse_is_refused(warehouse: str) -> None:
    with pytest.raises(InvalidInput, match="detach"):
        schema.downgrade(warehouse, "base")
    assert schema.check(warehouse) == []
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
    schema.upgrade(empty)
    assert schema.fingerprint(empty) == schema.fingerprint(database)


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
    before = schema.fingerprint(database)
    execute(database, change)
    assert schema.fingerprint(database) != before


@pytest.mark.parametrize(
    ("change", "finding"),
    [
        (
            "create or replace function sync.lane_of(p_key text) returns smallint language sql immutable strict "
            "parallel safe set search_path = pg_catalog, pg_temp return 0::smallint",
            "function sync.lane_of",
        ),
        ("drop function sync.prune_logs(interval, interval)", "function sync.prune_logs"),
        ("create function sync.extra() returns integer language sql return 1", "function sync.extra"),
        ("create function sync.lane_of(integer) returns integer language sql return 1", "lane_of"),
        (
            "drop function sync.release_orphans(); "
            "create function sync.release_orphans() returns text language sql return ''",
            "release_orphans",
        ),
        ("create view sync.extra as select 1 as one", "view sync.extra"),
        (
            "drop view sync.sync_statistics; create view sync.sync_statistics as select 1 as one",
            "sync_statistics",
        ),
    ],
)
def test_check_names_what_was_changed_by_hand(database: str, change: str, finding: str) -> None:
    execute(database, change)
    before = catalog(database)
    findings = schema.check(database)
    assert any(finding in line for line in findings), findings
    assert catalog(database) == before


def test_check_tells_how_far_the_schema_is(empty: str) -> None:
    assert "revision none" in schema.check(empty)[0]
    schema.upgrade(empty, "0002")
    assert "revision 0002" in schema.check(empty)[0]


def test_two_upgrades_at_once_wait_for_each_other(empty: str) -> None:
    script = "import sys; from runner import schema; schema.upgrade(sys.argv[1])"
    both = [subprocess.Popen([sys.executable, "-c", script, empty], cwd=ROOT) for _ in range(2)]
    assert [process.wait() for process in both] == [0, 0]
    assert schema.check(empty) == []
