"""Attach and detach: whatever the warehouse looks like, and never by halves."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path

import psycopg
import pytest

from house.warehouse import DEPOT, REFERENCE, build, furnish
from runner.errors import DatabaseError
from runner.schema import drift
from runner.warehouse import adapter
from runner.warehouse.mapping import MappingFile
from tests.seeds import FRONT, Shelf, entries, rows, value

OBJECTS = """
select pg_get_functiondef(p.oid) || coalesce(obj_description(p.oid, 'pg_proc'), '')
from pg_proc as p where p.pronamespace in ('sync'::regnamespace, to_regnamespace('warehouse'))
union all
select pg_get_viewdef(c.oid) || coalesce(obj_description(c.oid, 'pg_class'), '')
from pg_class as c where c.relnamespace = 'sync'::regnamespace and c.relkind = 'v'
union all
select pg_get_triggerdef(t.oid) from pg_trigger as t
order by 1
"""


def objects(dsn: str) -> list[object]:
    with psycopg.connect(dsn) as connection:
        return rows(connection, OBJECTS)


def attach(dsn: str, file: MappingFile | None = None) -> list[str]:
    return asyncio.run(adapter.attach(dsn, file or MappingFile(REFERENCE / "warehouse.toml")))


def test_a_dry_run_prints_the_sql_and_changes_nothing(database: str) -> None:
    build(database, REFERENCE)
    before = objects(database)
    printed = asyncio.run(adapter.preview(database, MappingFile(REFERENCE / "warehouse.toml")))
    assert objects(database) == before
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(printed.encode())
    by_hand = objects(database)
    asyncio.run(adapter.detach(database))
    attach(database)
    assert objects(database) == by_hand


def test_attaching_the_same_mapping_again_changes_nothing_and_needs_no_lock(warehouse: str) -> None:
    before = objects(warehouse)
    with psycopg.connect(warehouse) as busy:
        busy.execute("lock table warehouse.shipment_items in row exclusive mode")
        assert "already" in attach(warehouse)[0]
    assert objects(warehouse) == before


def test_a_lost_trigger_is_put_back(warehouse: str) -> None:
    before = objects(warehouse)
    with psycopg.connect(warehouse, autocommit=True) as connection:
        connection.execute("drop trigger sync_capture_2_insert on warehouse.shipment_items")
    assert "Attached" in attach(warehouse)[0]
    assert objects(warehouse) == before


def test_detaching_leaves_no_trace(database: str) -> None:
    build(database, REFERENCE)
    before = objects(database)
    attach(database)
    assert objects(database) != before
    assert "Removed 16 triggers from 4 tables." in asyncio.run(adapter.detach(database))
    assert objects(database) == before
    assert drift.check(database) == []
    assert "Removed 0 triggers" in asyncio.run(adapter.detach(database))[0]


def test_a_changed_mapping_replaces_the_old_one(shelf: Shelf, warehouse: str, tmp_path: Path) -> None:
    key = shelf.product("A", 2)
    shelf.receive(key, 3, status="returned")
    before, counted = objects(warehouse), "select available from sync.available_inventory"
    assert value(shelf.connection, counted) == 2
    text = (REFERENCE / "warehouse.toml").read_text().split("[customers]")[0]
    path = tmp_path / "warehouse.toml"
    path.write_text(text.replace('["received"]', '["received", "returned"]'))
    attach(warehouse, MappingFile(path))
    assert value(shelf.connection, counted) == 5
    # Customers are no longer mapped: nothing of theirs is left.
    assert value(shelf.connection, "select count(distinct tgrelid) from pg_trigger where tgname like 'sync\\_%'") == 3
    attach(warehouse)
    assert value(shelf.connection, counted) == 2
    assert objects(warehouse) == before


def test_moving_to_another_schema_takes_the_triggers_along(warehouse: str, tmp_path: Path) -> None:
    with psycopg.connect(warehouse, autocommit=True) as connection:
        connection.execute("alter schema warehouse rename to old_one")
        connection.execute((REFERENCE / "schema.sql").read_bytes())
        attach(warehouse)
        tables = rows(connection, "select distinct tgrelid::regclass::text from pg_trigger where tgname like 'sync%'")
    watched = ("customers", "product_images", "products", "shipment_items")
    assert tables == [(f"warehouse.{table}",) for table in watched]


def test_attaching_tells_the_relay_to_look_at_everything(shelf: Shelf, warehouse: str) -> None:
    key = shelf.stocked(1)[0]
    asyncio.run(adapter.detach(warehouse))
    shelf.sell(key)
    attach(warehouse)
    assert shelf.queue() == [(entity, "attach", None, None) for entity in ("customer", "product")]
    shelf.relay()
    assert shelf.pending().keys() == {key}


def test_products_that_another_mapping_does_not_have_are_left_and_emptied(shelf: Shelf, warehouse: str) -> None:
    (key,) = shelf.stocked(3)
    build(warehouse, DEPOT)
    shelf.sell(key)
    asyncio.run(adapter.attach(warehouse, MappingFile(DEPOT / "warehouse.toml")))
    # A warehouse without products is unknown: what is linked stays.
    shelf.relay()
    assert rows(shelf.connection, "select product_key, state from sync.links") == [{"product_key": key, "state": "ok"}]
    assert shelf.prepared([key]) == []
    shelf.connection.execute("insert into lager.\"Artikel\" (\"Artikelnummer\", bezeichnung) values ('Y', 'Lampe')")
    shelf.connection.execute("select sync.look_at_all('recheck')")
    shelf.relay()
    assert value(shelf.connection, "select state from sync.links where product_key = %s", key) == "left"
    assert entries(shelf, shelf.prepared([key])[0]["request_id"]) == [(2001, FRONT, 0, 3)]


def test_a_detached_warehouse_is_unknown_and_not_empty(shelf: Shelf, warehouse: str) -> None:
    key = shelf.stocked(3)[0]
    asyncio.run(adapter.detach(warehouse))
    shelf.connection.execute("select sync.mark_inventory(%s, null, array[now()])", (shelf.shop,))
    assert shelf.pending() == {}
    assert shelf.prepared([key]) == []
    assert rows(shelf.connection, "select * from sync.inventory_levels") == []


def test_the_depot_is_read_through_its_own_names(database: str) -> None:
    furnish(database, DEPOT)
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(
            """
            insert into lager."Artikel" (artikel_id, "Artikelnummer", bezeichnung)
            values ('00000000-0000-0000-0000-00000000000a', 'A-1', 'Lampe');
            insert into lager.lagerorte (ort_id, kuerzel) values ('00000000-0000-0000-0000-0000000000aa', 'HH');
            insert into lager.bestand (artikel, ort, zustand, menge) values
            ('00000000-0000-0000-0000-00000000000a', '00000000-0000-0000-0000-0000000000aa', 10, 40),
            ('00000000-0000-0000-0000-00000000000a', '00000000-0000-0000-0000-0000000000aa', 11, 2),
            ('00000000-0000-0000-0000-00000000000a', null, 20, 5),
            ('00000000-0000-0000-0000-00000000000a', null, 40, 7),
            ('00000000-0000-0000-0000-00000000000a', null, 99, 1000);
            """
        )
        found = rows(
            connection,
            "select sku, location, available, detail from sync.available_inventory order by location",
        )
        assert found == [
            ("A-1", "HH", 42, {"reserved": 0, "committed": 0}),
            ("A-1", "no location", 0, {"reserved": 5, "committed": 7}),
        ]
        assert rows(
            connection,
            "select location_key <> '(none)', available "
            "from sync.read_stock(array['00000000-0000-0000-0000-00000000000a']) order by 1 desc",
        ) == [(True, 42), (False, 0)]
        connection.execute("delete from sync.change_queue_0; update lager.bestand set menge = 41 where menge = 40")
        assert rows(connection, "select op, key from sync.change_queue_0") == [
            ("update", "00000000-0000-0000-0000-00000000000a")
        ]


def test_a_failure_in_the_middle_applies_nothing(database: str) -> None:
    build(database, REFERENCE)
    with psycopg.connect(database, autocommit=True) as connection:
        # A function of that name with another result cannot be replaced, and it comes last.
        connection.execute("create function sync.capture_3_update() returns integer language sql return 1")
    before = objects(database)
    with pytest.raises(DatabaseError):
        attach(database)
    assert objects(database) == before


def test_a_role_without_rights_is_told_so_and_nothing_is_applied(database: str) -> None:
    build(database, REFERENCE)
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("create role attach_nobody login password 'secret'")
        try:
            before = objects(database)
            poor = psycopg.conninfo.make_conninfo(database, user="attach_nobody", password="secret")
            with pytest.raises(DatabaseError):
                attach(poor)
            assert objects(database) == before
        finally:
            connection.execute("drop role attach_nobody")


def test_attaching_to_a_busy_table_waits_for_its_turn_and_writers_do_not(database: str) -> None:
    build(database, REFERENCE)
    with psycopg.connect(database) as busy, psycopg.connect(database, autocommit=True) as writer:
        busy.execute("lock table warehouse.shipment_items in row exclusive mode")
        attaching = threading.Thread(target=attach, args=(database,))
        attaching.start()
        # Each of these may queue behind one attempt of attach, and gets through when that gives up.
        writer.execute("set lock_timeout = '2s'")
        for n in range(200):
            writer.execute("insert into warehouse.brands (name) values (%s)", (str(n),))
            writer.execute("update warehouse.shipment_items set status = 'lost' where false")
        assert attaching.is_alive()
        busy.rollback()
        attaching.join()
    assert len(drift.check(database)) == 0
    assert any("sync_capture_2_update" in str(line) for line in objects(database))


def test_a_table_that_is_never_free_is_an_error_that_says_so(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    build(database, REFERENCE)
    monkeypatch.setattr(adapter, "ATTEMPTS", 2)
    before = objects(database)
    with psycopg.connect(database) as busy:
        busy.execute("lock table warehouse.shipment_items in row exclusive mode")
        with pytest.raises(DatabaseError, match="never free"):
            attach(database)
        busy.rollback()
    assert objects(database) == before


def test_attach_advises_an_index_where_counting_would_read_everything(database: str) -> None:
    build(database, REFERENCE)
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(
            "drop index warehouse.shipment_items_product_id_status_idx; "
            "insert into warehouse.products (sku, name) select n, n from generate_series(1, 500) as n; "
            "insert into warehouse.shipments (supplier) values ('S'); "
            "insert into warehouse.locations (name) values ('L'); "
            "insert into warehouse.shipment_items (shipment_id, product_id, location_id, status) "
            "select 1, 1 + n % 500, 1, 'received' from generate_series(1, 20000) as n; analyze"
        )
    assert any('create index concurrently on warehouse.shipment_items ("product_id")' in n for n in attach(database))
