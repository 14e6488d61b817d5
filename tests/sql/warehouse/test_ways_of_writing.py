"""Every way to write a watched table: what is captured, what is not and who says so, and no writer that fails by us."""

from __future__ import annotations

import asyncio
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo

from house.warehouse import MAPPING
from runner.errors import MappingError
from runner.warehouse import adapter
from runner.warehouse.mapping import MappingFile
from tests.runner.warehouse.mappings import written
from tests.runner.warehouse.sight import gaps
from tests.seeds import Shelf, rows, value

ITEMS = "warehouse.shipment_items"


def captured(shelf: Shelf) -> set[tuple[str, str | None, str | None]]:
    return {entry[1:] for entry in shelf.drain()}


def test_a_session_that_replicates_is_captured(stocked: Shelf) -> None:
    c = stocked.connection
    c.execute("set session_replication_role = replica")
    c.execute(f"insert into {ITEMS} (shipment_id, product_id, location_id) values (1, 1, 1)".encode())
    c.execute(f"update {ITEMS} set status = 'sold' where id = 3".encode())
    c.execute(f"delete from {ITEMS} where id = 1".encode())
    c.execute("reset session_replication_role")
    assert captured(stocked) == {("insert", "1", None), ("update", "2", None), ("delete", "1", None)}


@pytest.mark.parametrize(
    ("action", "expected"),
    [("cascade", {("delete", "1", None)}), ("set null", {("update", None, "1"), ("delete", "1", None)})],
)
def test_what_a_foreign_key_takes_along_is_captured(
    stocked: Shelf, action: str, expected: set[tuple[str, str | None, str | None]]
) -> None:
    stocked.connection.execute(
        f"alter table {ITEMS} alter product_id drop not null, drop constraint shipment_items_product_id_fkey, "
        f"add foreign key (product_id) references warehouse.products on delete {action} on update cascade".encode()
    )
    stocked.connection.execute("update warehouse.products set id = 7 where id = 2")
    assert captured(stocked) == {("update", "7", "2")}
    stocked.connection.execute("delete from warehouse.products where id = 1")
    assert captured(stocked) == expected


def test_triggers_off_and_on_between_two_looks_are_found(stocked: Shelf) -> None:
    """As pg_restore --disable-triggers does it."""
    c = stocked.connection
    assert value(c, "select sync.check_capture()") == 0
    c.execute(f"alter table {ITEMS} disable trigger all".encode())
    c.execute(f"insert into {ITEMS} (shipment_id, product_id, location_id) values (1, 1, 1)".encode())
    c.execute(f"alter table {ITEMS} enable trigger all".encode())
    assert captured(stocked) == set()
    # They fire again, but not for whoever replicates.
    c.execute(f"update {ITEMS} set status = 'sold' where id = 3".encode())
    assert captured(stocked) == {("update", "2", None)}
    assert value(c, "select sync.check_capture()") == 1
    assert captured(stocked) == {("recheck", None, None)}
    asyncio.run(adapter.attach(c.info.dsn, MappingFile(MAPPING)))
    assert gaps(stocked) == []


def test_triggers_off_and_on_as_they_were_are_found_as_well(stocked: Shelf) -> None:
    c = stocked.connection
    c.execute("select sync.check_capture()")
    c.execute(f"alter table {ITEMS} disable trigger all".encode())
    for event in ("insert", "update", "delete", "truncate"):
        c.execute(f"alter table {ITEMS} enable always trigger sync_capture_2_{event}".encode())
    assert gaps(stocked) == []
    assert value(c, "select sync.check_capture()") == 0
    assert captured(stocked) == {("recheck", None, None)}
    assert value(c, "select sync.check_capture()") == 0
    assert captured(stocked) == set()


def test_writing_and_upkeep_are_no_change_of_a_definition(stocked: Shelf) -> None:
    c = stocked.connection
    c.execute("select sync.check_capture()")
    c.execute(f"update {ITEMS} set status = 'sold'; delete from {ITEMS} where id = 1".encode())
    for upkeep in ("vacuum", "analyze", "reindex table"):
        c.execute(f"{upkeep} {ITEMS}".encode())
    stocked.relay()
    assert value(c, "select sync.check_capture()") == 0
    assert captured(stocked) == set()


def test_row_security_hides_nothing_from_capture_and_reading_it_fails_aloud(
    stocked: Shelf, warehouse: str, tmp_path: Path
) -> None:
    """Forced, for a role without BYPASSRLS: never as if there were none."""
    c, name, password = stocked.connection, f"plain_{uuid.uuid4().hex}", uuid.uuid4().hex
    role = sql.Identifier(name)
    c.execute(sql.SQL("create role {} login password {}").format(role, sql.Literal(password)))
    try:
        owned = [
            *(sql.SQL("alter table {} owner to {}").format(sql.SQL(r["t"]), role) for r in rows(c, (
                "select format('%I.%I', schemaname, tablename) as t from pg_tables "
                "where schemaname in ('warehouse', 'sync')"
            ))),
            *(sql.SQL("alter function {} owner to {}").format(sql.SQL(r["f"]), role) for r in rows(c, (
                "select oid::regprocedure::text as f from pg_proc where pronamespace = 'sync'::regnamespace"
            ))),
            sql.SQL(
                "grant all on schema warehouse, sync to {0}; grant all on all sequences in schema sync to {0}"
            ).format(role),
        ]  # fmt: skip
        for statement in owned:
            c.execute(statement)
        plain = make_conninfo(warehouse, user=name, password=password)
        c.execute(f"alter table {ITEMS} enable row level security, force row level security".encode())
        with psycopg.connect(plain, autocommit=True) as owner:
            assert value(owner, f"select count(*) from {ITEMS}") == 0
        c.execute(f"update {ITEMS} set status = 'sold' where id = 3".encode())
        assert captured(stocked) == {("update", "2", None)}
        with pytest.raises(psycopg.Error) as found:
            c.execute("select * from sync.read_stock()")
        assert (found.value.sqlstate, found.value.diag.message_detail) == ("SW007", "stock")
        with pytest.raises(MappingError, match=r"row security.*warehouse\.shipment_items.*BYPASSRLS"):
            text = MAPPING.read_text().replace('["received"]', '["received", "returned"]')
            asyncio.run(adapter.attach(plain, MappingFile(written(tmp_path, text))))
    finally:
        c.execute(sql.SQL("reassign owned by {0} to current_user; drop owned by {0}; drop role {0}").format(role))


@pytest.mark.parametrize("kind", ["stored", "virtual"])
def test_a_key_that_becomes_a_generated_column_is_captured_or_named(stocked: Shelf, kind: str) -> None:
    c = stocked.connection
    if kind == "virtual" and c.info.server_version < 180000:
        pytest.skip("virtual generated columns came with PostgreSQL 18")
    c.execute(
        f"alter table {ITEMS} add part integer; update {ITEMS} set part = product_id * 10; "
        f"alter table {ITEMS} drop product_id; "
        f"alter table {ITEMS} add product_id integer generated always as (part / 10) {kind}".encode()
    )
    stocked.drain()
    c.execute(f"insert into {ITEMS} (shipment_id, part, location_id) values (1, 20, 1)".encode())
    c.execute(f"update {ITEMS} set status = 'sold' where id = 1".encode())
    if kind == "stored":
        assert captured(stocked) == {("insert", "2", None), ("update", "1", None)}
        assert gaps(stocked) == []
    else:
        assert gaps(stocked) == [f"{ITEMS}.product_id is computed when it is read by now, and no trigger sees it"]
        assert value(c, "select sync.check_capture()") == 1
        assert ("recheck", None, None) in captured(stocked)


def test_serializable_writers_are_not_rolled_back_by_what_we_queue(stocked: Shelf, warehouse: str) -> None:
    """Each has read what the other does not write, and both append to one queue."""
    with psycopg.connect(warehouse) as one, psycopg.connect(warehouse) as other:
        for writer in (one, other):
            writer.isolation_level = psycopg.IsolationLevel.SERIALIZABLE
        # By an index as small as that of this table they would be rolled back without us as well.
        for statement in (
            "select * from {} where ctid = '(0,{})'",
            "update {} set status = 'sold' where ctid = '(0,{})'",
        ):
            for writer, row in ((one, 1), (other, 3)):
                writer.execute(statement.format(ITEMS, row).encode())
        # A relay in the middle, which reads the queues as every session does that is ours.
        stocked.relay()
        one.commit()
        other.commit()
    assert captured(stocked) == {("update", "1", None), ("update", "2", None)}


def test_a_writer_that_runs_out_of_time_in_a_trigger_leaves_nothing_and_can_go_on(
    stocked: Shelf, warehouse: str
) -> None:
    """It is the writer's own limit: whatever it was at is undone."""
    with psycopg.connect(warehouse) as lock, psycopg.connect(warehouse, autocommit=True) as writer:
        lock.execute("lock table sync.change_queue_0 in access exclusive mode")
        writer.execute("set statement_timeout = '50ms'")
        with pytest.raises(psycopg.errors.QueryCanceled):
            writer.execute(f"update {ITEMS} set status = 'sold' where id = 1".encode())
        lock.rollback()
        writer.execute(f"update {ITEMS} set status = 'sold' where id = 3".encode())
    assert captured(stocked) == {("update", "2", None)}


def test_savepoints_keep_what_they_keep(stocked: Shelf) -> None:
    c = stocked.connection
    c.execute(f"alter table {ITEMS} rename product_id to article_id".encode())
    with c.transaction():
        for n in range(3):
            with c.transaction(force_rollback=n == 1):
                c.execute(f"update {ITEMS} set status = 'sold' where id = 3".encode())
                c.execute(f"insert into {ITEMS} (shipment_id, article_id, location_id) values (1, 1, 1)".encode())
    # The key cannot be read: one entry for every update of a transaction, one for every other statement.
    assert [entry[1:] for entry in stocked.drain()] == [("unread", None, None)] * 3


def test_a_migration_that_waits_for_our_reading_is_not_made_the_victim(stocked: Shelf, warehouse: str) -> None:
    """It holds one table and wants another, the relay the other way round."""
    with (
        psycopg.connect(warehouse) as migration,
        psycopg.connect(warehouse) as relay,
        ThreadPoolExecutor(1) as pool,
    ):
        relay.execute("select count(*) from sync.read_products()")
        migration.execute(f"alter table {ITEMS} add thickness integer".encode())
        waiting = pool.submit(migration.execute, b"alter table warehouse.products add thickness integer")
        while not value(stocked.connection, "select count(*) from pg_locks where not granted"):
            pass
        with pytest.raises(psycopg.errors.LockNotAvailable):
            relay.execute("select count(*) from sync.read_stock()")
        relay.rollback()
        waiting.result()
        migration.commit()


def test_definitions_that_change_while_attach_is_at_it_never_fail(
    stocked: Shelf, warehouse: str, tmp_path: Path
) -> None:
    stop, failed = threading.Event(), []

    def migrate() -> None:
        with psycopg.connect(warehouse, autocommit=True) as c:
            while not stop.is_set():
                try:
                    with c.transaction():
                        c.execute(f"alter table {ITEMS} alter storage_position set statistics 100".encode())
                        c.execute("alter table warehouse.products alter sku set statistics 100")
                    with c.transaction():
                        c.execute("alter table warehouse.products rename name to label")
                        c.execute(f"alter table {ITEMS} rename storage_position to place".encode())
                        c.execute(f"alter table {ITEMS} rename place to storage_position".encode())
                        c.execute("alter table warehouse.products rename label to name")
                except psycopg.Error as error:
                    failed.append(str(error))

    thread = threading.Thread(target=migrate)
    thread.start()
    try:
        for status in ("returned", "damaged", "lost"):
            text = MAPPING.read_text().replace('["received"]', f'["received", "{status}"]')
            asyncio.run(adapter.attach(warehouse, MappingFile(written(tmp_path, text))))
    finally:
        stop.set()
        thread.join()
    assert failed == []
    assert gaps(stocked) == []
