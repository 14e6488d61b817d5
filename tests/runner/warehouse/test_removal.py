"""Uninstall: all or nothing, without making writers wait, and never more than is ours."""

from __future__ import annotations

import subprocess
import threading
import time
from collections.abc import Iterator

import psycopg
import pytest
from pytest_postgresql.executors import NoopExecutor

from house import postgres
from house.warehouse import REFERENCE, build, furnish
from runner.schema import drift, repair
from runner.warehouse import adapter
from tests.cli.test_errors import expect, shelfwire
from tests.conftest import Make
from tests.seeds import Shelf, rows, value

# Whatever a database holds that is not Postgres's own, by name.
EVERYTHING = """
select n.nspname || '.' || c.relname from pg_class as c join pg_namespace as n on n.oid = c.relnamespace
where n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast')
union all
select n.nspname || '.' || p.proname from pg_proc as p join pg_namespace as n on n.oid = p.pronamespace
where n.nspname not in ('pg_catalog', 'information_schema')
union all
select nspname from pg_namespace where nspname not like 'pg\\_temp%' and nspname not like 'pg\\_toast\\_temp%'
union all
select tgname from pg_trigger where not tgisinternal
union all
select evtname from pg_event_trigger
order by 1
"""


def everything(dsn: str) -> list[str]:
    with psycopg.connect(dsn) as connection:
        return [str(name) for (name,) in rows(connection, EVERYTHING)]


def uninstall(dsn: str, *options: str) -> subprocess.CompletedProcess[str]:
    return shelfwire(dsn, "uninstall", "--yes", *options)


def done(found: subprocess.CompletedProcess[str], *words: str) -> None:
    """It succeeded and said this."""
    assert found.returncode == 0, found
    for word in words:
        assert word in found.stdout, found.stdout


def attach(dsn: str) -> None:
    """Attach the reference warehouse that is there."""
    found = shelfwire(dsn, "attach", "--map", str(REFERENCE / "warehouse.toml"))
    assert found.returncode == 0, found


@pytest.fixture
def alone() -> Iterator[postgres.Server]:
    """A server of its own: roles belong to all databases of one."""
    with postgres.serve({"fsync": "off"}) as server:
        yield server


def test_nothing_is_left(empty: str) -> None:
    build(empty, REFERENCE)
    before = everything(empty)
    repair.upgrade(empty)
    attach(empty)
    done(uninstall(empty), "schema sync", "schema pgqueuer", "16 triggers on 4 tables")
    assert everything(empty) == before
    with psycopg.connect(empty, autocommit=True) as connection:
        connection.execute("insert into warehouse.products (sku, name) values ('A', 'A')")
    done(uninstall(empty), "Nothing of Shelfwire is in this database.")
    repair.upgrade(empty)
    attach(empty)
    assert drift.check(empty) == []


def test_it_asks_and_a_no_changes_nothing(warehouse: str) -> None:
    before = everything(warehouse)
    found = shelfwire(warehouse, "uninstall")
    assert found.returncode == 1
    assert "schema sync" in found.stdout and "Go on?" in found.stdout
    assert everything(warehouse) == before


@pytest.mark.parametrize(
    ("waits", "words"),
    [
        ("insert into sync.change_queue_1 (watch, op, key) values (2, 'insert', '1')", "changes that are not"),
        ("select sync.mark_inventory(id, null, array[now()]) from sync.shops", "2 pending keys"),
        (
            "insert into sync.requests (shop_id, kind, lane, document, variables, entries, keys) "
            "select id, 'inventory', 0, 'X', '{}', 0, '{}' from sync.shops",
            "1 requests without an answer",
        ),
        (
            "insert into pgqueuer.pgqueuer (priority, status, entrypoint) values (0, 'queued', 'inventory_1_0')",
            "1 jobs that wait or run",
        ),
    ],
)
def test_what_waits_for_a_shop_is_counted_and_refused_unless_forced(
    shelf: Shelf, warehouse: str, waits: str, words: str
) -> None:
    for key in shelf.stocked(3, 4):
        shelf.connection.execute(
            "update sync.levels set available = 0 where inventory_item_id = %s", (shelf.items[key],)
        )
    shelf.connection.execute(waits.encode())
    expect(uninstall(warehouse), 2, words, "--force")
    assert value(shelf.connection, "select count(*) from sync.shops") == 1
    done(uninstall(warehouse, "--force"), "1 shops")


def test_a_refusal_waits_for_nobody_but_is_named(shelf: Shelf, warehouse: str) -> None:
    (key,) = shelf.stocked(3)
    shelf.connection.execute("select sync.refuse(%s, 'inventory', %s, '', 'X', 'm', 1, null)", (shelf.shop, key))
    done(uninstall(warehouse), "1 refusals")


def test_without_a_shop_nothing_waits_for_anybody(warehouse: str) -> None:
    with psycopg.connect(warehouse, autocommit=True) as connection:
        connection.execute("insert into warehouse.products (sku, name) values ('A', 'A')")
        assert value(connection, "select count(*) from sync.queued_changes") > 0
    done(uninstall(warehouse))


def test_views_of_others_are_named_and_kept_unless_forced(warehouse: str) -> None:
    with psycopg.connect(warehouse, autocommit=True) as connection:
        connection.execute(
            "create view public.report as select * from sync.sync_health; "
            "create table public.notes (id integer primary key, shop bigint references sync.shops); "
            "create function public.of_kind(sync.kinds) returns text language sql return 'x'; "
            "create table public.untouched (id integer)"
        )
        words = ("view public.report", "constraint notes_shop_fkey on table public.notes", "function public.of_kind(")
        expect(uninstall(warehouse), 2, *words, "--force")
        done(uninstall(warehouse, "--force"), *words)
        # Of a table only the key goes.
        assert value(connection, "select count(*) from public.notes") == 0
        assert value(connection, "select to_regclass('public.report')") is None


def test_what_was_removed_by_halves_is_removed_wholly(make_database: Make, warehouse_template: NoopExecutor) -> None:
    for half in (
        "drop schema sync cascade",
        "drop schema pgqueuer cascade",
        "drop table sync.alembic_version",
        "drop function sync.read_stock(text[]) cascade",
        "drop table sync.shops, sync.change_queue_0 cascade",
    ):
        dsn = make_database(warehouse_template.template_dbname)
        with psycopg.connect(dsn, autocommit=True) as connection:
            connection.execute(half.encode())
        done(uninstall(dsn, "--force"), "Gone: ")
        assert [name for name in everything(dsn) if "sync" in name or "pgqueuer" in name] == [], half


def test_schemas_of_our_names_that_are_not_ours_are_left_alone(empty: str) -> None:
    with psycopg.connect(empty, autocommit=True) as connection:
        connection.execute(
            "create schema sync; create table sync.jobs (id integer); "
            "create table sync.alembic_version (version_num text); insert into sync.alembic_version values ('a1b2c3'); "
            "create schema pgqueuer; create table pgqueuer.pgqueuer (id integer)"
        )
    before = everything(empty)
    done(uninstall(empty, "--force", "--roles"))
    assert everything(empty) == before


def test_a_table_that_is_never_free_keeps_everything(warehouse: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adapter, "ATTEMPTS", 2)
    before = everything(warehouse)
    with psycopg.connect(warehouse) as busy:
        busy.execute("lock table warehouse.shipment_items in row exclusive mode")
        expect(uninstall(warehouse), 3, "never free", "nothing was changed")
        busy.rollback()
    assert everything(warehouse) == before
    assert drift.check(warehouse) == []


def test_writers_feel_nothing_of_it(warehouse: str) -> None:
    gone, waits = threading.Event(), list[float]()

    def write(number: int) -> None:
        with psycopg.connect(warehouse, autocommit=True) as connection:
            while not gone.is_set():
                began = time.monotonic()
                connection.execute("insert into warehouse.products (sku, name) values (%s, 'A')", (str(number),))
                waits.append(time.monotonic() - began)

    writers = [threading.Thread(target=write, args=(n,)) for n in range(4)]
    for writer in writers:
        writer.start()
    try:
        done(uninstall(warehouse, "--force"))
        written = len(waits)
        while len(waits) < written + 20:
            time.sleep(0.01)
    finally:
        gone.set()
        for writer in writers:
            writer.join()
    assert max(waits) < 1.5


def test_a_role_without_rights_takes_nothing_out(warehouse: str) -> None:
    with psycopg.connect(warehouse, autocommit=True) as connection:
        connection.execute("create role uninstall_nobody login password 'secret'")
        try:
            before = everything(warehouse)
            poor = psycopg.conninfo.make_conninfo(warehouse, user="uninstall_nobody", password="secret")
            expect(uninstall(poor, "--force"), 3, "may not do this")
            assert everything(warehouse) == before
        finally:
            connection.execute("drop role uninstall_nobody")


def test_roles_that_another_database_uses_stay_and_it_is_named(warehouse: str, database: str) -> None:
    other = str(psycopg.conninfo.conninfo_to_dict(database)["dbname"])
    found = uninstall(warehouse, "--roles")
    done(found, "Role sync_runner stays", "Role sync_reporting stays", f"database {other}")
    with psycopg.connect(warehouse, autocommit=True) as connection:
        assert value(connection, "select to_regnamespace('sync')") is None
        assert value(connection, "select count(*) from pg_roles where rolname like 'sync\\_%'") == 2


def test_roles_go_when_nothing_needs_them(alone: postgres.Server) -> None:
    repair.upgrade(alone.dsn)
    furnish(alone.dsn, REFERENCE)
    with psycopg.connect(alone.dsn, autocommit=True) as connection:
        connection.execute("create table public.theirs (id integer); grant select on public.theirs to sync_reporting")
        done(uninstall(alone.dsn, "--roles"), "Gone: role sync_runner", "sync_reporting stays", "table public.theirs")
        connection.execute("revoke select on public.theirs from sync_reporting")
        done(uninstall(alone.dsn, "--roles"), "Nothing else of Shelfwire", "Gone: role sync_reporting")
        assert value(connection, "select count(*) from pg_roles where rolname like 'sync\\_%'") == 0
    done(uninstall(alone.dsn, "--roles"), "Nothing of Shelfwire")
    # And everything again, roles included.
    repair.upgrade(alone.dsn)
    assert drift.check(alone.dsn) == []
