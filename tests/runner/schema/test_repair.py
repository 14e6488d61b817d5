"""db upgrade from whatever is there: what can be made anew without losing data is, the rest is named."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from house.warehouse import attach
from runner.errors import DatabaseError, InvalidInput
from runner.files import ROOT
from runner.schema import drift, installation, repair, revisions
from runner.schema.head import head
from tests.cli.test_errors import shelfwire
from tests.seeds import Shelf, rows, value


def execute(dsn: str, statement: str) -> None:
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(statement.encode())


def refusal(dsn: str) -> str:
    with pytest.raises(DatabaseError) as raised:
        repair.upgrade(dsn)
    return str(raised.value)


def test_an_upgrade_of_what_is_whole_says_nothing(warehouse: str, empty: str) -> None:
    assert repair.upgrade(warehouse) == []
    assert repair.upgrade(empty) == []
    assert drift.check(empty) == []


def test_a_queue_that_is_left_alone_is_replaced(warehouse: str) -> None:
    execute(
        warehouse,
        "drop schema sync cascade; "
        "insert into pgqueuer.pgqueuer (priority, status, entrypoint) values (0, 'queued', 'inventory_1_0')",
    )
    (note,) = repair.upgrade(warehouse)
    assert "an installation that is no more" in note
    assert drift.check(warehouse) == []
    with psycopg.connect(warehouse) as connection:
        assert value(connection, "select count(*) from pgqueuer.pgqueuer") == 0
    attach(warehouse)


def test_a_queue_that_is_gone_is_made_anew_and_its_work_is_done(shelf: Shelf, warehouse: str) -> None:
    key = shelf.stocked(3)[0]
    shelf.sell(key)
    shelf.relay()
    job = value(shelf.connection, "select job_id from sync.pending where key = %s", key)
    assert job is not None
    shelf.connection.execute("drop schema pgqueuer cascade")
    said = "\n".join(repair.upgrade(warehouse))
    assert "What its jobs had in hand is pending" in said and "view sync.backlog" in said
    assert drift.check(warehouse) == []
    # No job is taken for the one that is gone, and the next one takes what that had.
    shelf.relay()
    (new,) = rows(shelf.connection, "select id from pgqueuer.pgqueuer")
    assert new["id"] > job
    assert shelf.pending()[key]["job_id"] == new["id"]


@pytest.mark.parametrize(
    "broken",
    [
        "drop table pgqueuer.pgqueuer_log cascade",
        pytest.param("drop function pgqueuer.fn_pgqueuer_changed() cascade", marks=pytest.mark.long),
        pytest.param("drop type pgqueuer.pgqueuer_status cascade", marks=pytest.mark.long),
    ],
)
def test_a_queue_that_is_not_whole_is_made_anew(database: str, broken: str) -> None:
    execute(database, broken)
    assert drift.check(database) != []
    assert "PgQueuer's schema was not whole" in repair.upgrade(database)[-1]
    assert drift.check(database) == []


HARMS = [
    ("drop function sync.prune_logs(interval, interval)", "made anew: function sync.prune_logs"),
    ("drop view sync.sync_statistics", "made anew: view sync.sync_statistics"),
    ("drop view sync.linked_levels cascade", "view sync.inventory_levels"),
    ("drop function sync.runs_note() cascade", "trigger sync.runs.runs_note"),
    ("alter table sync.runs disable trigger runs_note", "replaced: trigger sync.runs.runs_note"),
    ("drop type sync.turn cascade", "made anew: function sync.advance_lane"),
    ("drop sequence sync.active_queue cascade", ", table sync.active_queue."),
    ("drop index sync.calls_at_idx", "made anew: index sync.calls_at_idx"),
    ("drop index sync.change_log_key_old_key_id_idx", "index sync.change_log_key_old_key_id_idx"),
    (
        "alter table sync.refusals drop constraint refusals_pkey",
        "made anew: constraint sync.refusals.refusals_pkey",
    ),
    (
        "alter table sync.shops drop constraint shops_pkey cascade",
        "constraint sync.pending.pending_shop_id_fkey",
    ),
    ("revoke select on sync.links from sync_runner", "1 grants"),
    ("grant select, update on sync.shops to public", "taken back: select on sync.shops to public, update on"),
    (
        "grant select (secret) on sync.shops to sync_reporting",
        "select on sync.shops.secret to sync_reporting",
    ),
    ("grant execute on function sync.remove_shop(bigint) to public", "execute on sync.remove_shop() to public"),
    ("grant update on sequence sync.ticks to sync_reporting", "update on sync.ticks to sync_reporting"),
    ("grant create on schema sync to public", "create on schema sync to public"),
    (
        "alter default privileges in schema sync grant select on tables to public",
        "By default select on new tables of schema sync goes to public: mended.",
    ),
    (
        "update pg_index set indisvalid = false where indexrelid = 'sync.calls_at_idx'::regclass",
        "Index sync.calls_at_idx is invalid: mended.",
    ),
    ("comment on schema sync is null", "comment schema sync"),
    ("drop function sync.lane_of(text, integer) cascade", "function sync.lane_of"),
    ("create or replace view sync.run_status as select r.*, now() as more from sync.run_status as r", ""),
    (
        "drop view sync.sync_statistics; create view sync.sync_statistics as select 1 as one",
        "replaced: view sync.sync_statistics",
    ),
    (
        "drop function sync.furnish_shops(); create function sync.furnish_shops() returns text language sql return ''",
        "replaced: function sync.furnish_shops",
    ),
]
# Those that harm what another of them does as well.
BY_THEMSELVES = (
    "cascade", "indisvalid", "revoke", "default privileges", "drop view sync.sync_statistics; create",
    "create function sync.furnish_shops",
)  # fmt: skip


def test_what_was_dropped_or_changed_by_hand_is_made_anew(database: str) -> None:
    together = [harm for harm in HARMS if not any(words in harm[0] for words in BY_THEMSELVES)]
    assert len(together) > 10
    for broken, _ in together:
        execute(database, broken)
    assert len(drift.check(database)) >= len(together)
    said = "\n".join(repair.upgrade(database))
    # Each is one of several in its sentence.
    assert [broken for broken, note in together if note.rpartition(": ")[2].partition(",")[0] not in said] == []
    assert drift.check(database) == []


def test_what_stands_open_by_default_is_closed_before_anything_is_made_anew(database: str) -> None:
    execute(
        database,
        "alter default privileges in schema sync grant select on tables to public; drop view sync.sync_statistics",
    )
    said = "\n".join(repair.upgrade(database))
    assert "By default select on new tables" in said and "made anew: view sync.sync_statistics" in said
    assert drift.check(database) == []


@pytest.mark.long
@pytest.mark.parametrize(("broken", "note"), HARMS)
def test_each_thing_that_was_dropped_or_changed_by_hand_is_made_anew(database: str, broken: str, note: str) -> None:
    execute(database, broken)
    assert drift.check(database) != []
    assert note in "\n".join(repair.upgrade(database))
    assert drift.check(database) == []


def test_an_owners_own_additions_are_left_alone(database: str) -> None:
    execute(
        database,
        "create index mine on sync.calls (document); create view sync.my_view as select 1 as one; "
        "comment on table sync.calls is 'ours'; alter table sync.calls set (fillfactor = 90); "
        "grant select on sync.calls to pg_monitor",
    )
    before = drift.check(database)
    assert len(before) == 6
    assert repair.upgrade(database) == []
    assert drift.check(database) == before


def test_what_reads_the_warehouse_is_mended_by_attach(shelf: Shelf, warehouse: str) -> None:
    key = shelf.stocked(3)[0]
    shelf.connection.execute("drop function sync.read_stock(text[]), sync.read_products(text[]) cascade")
    assert "shelfwire attach" in repair.upgrade(warehouse)[-1]
    assert drift.check(warehouse) == []
    # Until then it is a warehouse that nothing is known of, not an empty one.
    shelf.sell(key)
    shelf.relay()
    assert shelf.pending() == {} and shelf.prepared([key]) == []
    attach(warehouse)
    shelf.relay()
    assert shelf.pending().keys() == {key}
    assert value(shelf.connection, "select available from sync.available_inventory") == 2


def test_a_table_that_is_gone_is_named_with_its_file_and_nothing_is_changed(database: str) -> None:
    execute(database, "drop view sync.run_status; drop table sync.calls cascade")
    before = drift.check(database)
    said = refusal(database)
    assert "table sync.calls is missing. Its rows are lost" in said
    (path,) = [word for word in said.split() if word.endswith("calls.sql")]
    assert said.count("\n") == 1, said
    assert drift.check(database) == before
    # As it says.
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(Path(path).read_bytes())
    repair.upgrade(database)
    assert drift.check(database) == []


def test_a_column_that_is_gone_is_named(database: str) -> None:
    execute(database, "alter table sync.links drop column sku cascade")
    assert "column sync.links.sku is missing. Its values are lost" in refusal(database)


def test_a_constraint_that_the_rows_break_is_named_with_its_statement(database: str) -> None:
    execute(
        database,
        "alter table sync.refusals drop constraint refusals_shop_id_fkey; "
        "insert into sync.refusals (shop_id, kind, key, class, message) values (99, 'inventory', '1', 'X', 'm')",
    )
    assert "ALTER TABLE sync.refusals ADD CONSTRAINT refusals_shop_id_fkey FOREIGN KEY" in refusal(database)
    execute(database, "delete from sync.refusals")
    repair.upgrade(database)
    assert drift.check(database) == []


def test_a_view_that_somebody_elses_needs_is_not_replaced_under_it(database: str) -> None:
    execute(
        database,
        "drop view sync.sync_statistics; create view sync.sync_statistics as select 1 as one; "
        "create view public.theirs as select one from sync.sync_statistics",
    )
    said = refusal(database)
    assert "view sync.sync_statistics differs from sql/" in said and "sync_statistics.sql" in said


@pytest.mark.parametrize(
    "lost",
    ["drop table sync.alembic_version", pytest.param("delete from sync.alembic_version", marks=pytest.mark.long)],
)
def test_a_schema_that_no_longer_says_its_revision_is_recognized(warehouse: str, lost: str) -> None:
    execute(warehouse, f"{lost}; drop function sync.prune_logs(interval, interval)")
    first, *others = repair.upgrade(warehouse)
    assert head() in first and "prune_logs" in "\n".join(others)
    assert drift.check(warehouse) == []
    assert repair.upgrade(warehouse) == []


def test_a_schema_that_says_no_revision_and_is_not_the_newest_is_refused(database: str) -> None:
    execute(database, "drop table sync.alembic_version; alter table sync.links drop column sku cascade")
    said = refusal(database)
    assert "sync.alembic_version is gone" in said and "column sync.links.sku is missing" in said


def test_a_schema_of_a_newer_release_is_left_to_it(database: str) -> None:
    execute(database, "update sync.alembic_version set version_num = '9998'")
    with pytest.raises(InvalidInput, match=r"9998.*Use the release"):
        repair.upgrade(database)


@pytest.mark.parametrize("schema", ["sync", "pgqueuer"])
def test_a_schema_of_our_name_that_is_not_ours_is_left_alone(empty: str, schema: str) -> None:
    execute(empty, f"create schema {schema}; create table {schema}.jobs (id integer)")
    with pytest.raises(InvalidInput, match=f"Schema {schema} of this database is not Shelfwire's"):
        repair.upgrade(empty)
    with psycopg.connect(empty) as connection:
        assert value(connection, "select count(*) from pg_namespace where nspname in ('sync', 'pgqueuer')") == 1


def test_an_upgrade_that_was_killed_is_gone_on_with(empty: str) -> None:
    script = "import sys; from runner.schema import repair; repair.upgrade(sys.argv[1])"
    revisions.upgrade(empty, "0001")
    with psycopg.connect(empty) as busy, psycopg.connect(empty, autocommit=True) as watching:
        # The second revision waits for this one's name.
        busy.execute("create table sync.remedies (mine integer)")
        upgrading = subprocess.Popen([sys.executable, "-c", script, empty], cwd=ROOT)
        while not value(
            watching,
            "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()",
        ):
            assert upgrading.poll() is None
        upgrading.kill()
        upgrading.wait()
        busy.rollback()
    assert repair.upgrade(empty) == []
    assert drift.check(empty) == []


def test_two_repairs_at_once_wait_for_each_other(warehouse: str) -> None:
    execute(warehouse, "drop schema sync cascade")
    script = "import sys; from runner.schema import repair; repair.upgrade(sys.argv[1])"
    both = [subprocess.Popen([sys.executable, "-c", script, warehouse], cwd=ROOT) for _ in range(2)]
    assert [process.wait() for process in both] == [0, 0]
    assert drift.check(warehouse) == []


def test_who_keeps_an_upgrade_waiting_is_named(empty: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(installation, "LOCK_TIMEOUT", "100ms")
    with psycopg.connect(empty, application_name="somebody") as other:
        other.execute("select pg_advisory_lock(%s)", (installation.LOCK,))
        with pytest.raises(DatabaseError, match=rf"process {other.info.backend_pid} of \w+ \(somebody\)"):
            repair.upgrade(empty)


def test_the_command_says_what_it_mended_and_refuses_with_the_remedy(database: str) -> None:
    execute(database, "drop view sync.sync_statistics")
    done = shelfwire(database, "db", "upgrade")
    assert done.returncode == 0
    assert done.stdout.splitlines()[-1] == f"The schema is at {head()}."
    assert "view sync.sync_statistics" in done.stdout
    execute(database, "drop table sync.calls cascade")
    done = shelfwire(database, "db", "upgrade")
    assert done.returncode == 3
    assert "table sync.calls is missing" in done.stderr and "Then run: shelfwire db upgrade" in done.stderr
