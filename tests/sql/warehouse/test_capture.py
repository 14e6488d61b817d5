"""Capture: every committed change leaves its keys in the queue, and no writer ever waits for it (I1, I2)."""

from __future__ import annotations

import psycopg
import pytest

from tests.seeds import Shelf, value

ITEMS = "warehouse.shipment_items"


@pytest.mark.parametrize(
    ("statement", "queued"),
    [
        (f"insert into {ITEMS} (shipment_id, product_id, location_id) values (1, 1, 1)", [("insert", "1", None)]),
        (
            f"insert into {ITEMS} (shipment_id, product_id, location_id) select 1, 1 + n % 2, 1 "
            "from generate_series(1, 100) as n",
            [("insert", "1", None), ("insert", "2", None)],
        ),
        (f"update {ITEMS} set status = 'sold' where id = 1", [("update", "1", None)]),
        (f"update {ITEMS} set location_id = 2 where id = 1", [("update", "1", None)]),
        (f"update {ITEMS} set product_id = 2 where id = 1", [("update", "2", "1")]),
        (f"update {ITEMS} set product_id = 2, status = 'sold' where id = 1", [("update", "2", "1")]),
        (f"delete from {ITEMS} where product_id = 1", [("delete", "1", None)]),
        (f"truncate {ITEMS} cascade", [("truncate", None, None)]),
        (f"update {ITEMS} set storage_position = 'A1', qr_code = id::text, updated_at = now()", []),
        (f"update {ITEMS} set status = status", []),
        (f"delete from {ITEMS} where false", []),
        (f"insert into {ITEMS} (shipment_id, product_id, location_id) select 1, 1, 1 where false", []),
        (
            f"merge into {ITEMS} as i using (values (1, 'sold'), (99, 'received')) as n (id, status) on i.id = n.id "
            "when matched then update set status = n.status "
            "when not matched then insert (shipment_id, product_id, location_id) values (1, 2, 1)",
            [("insert", "2", None), ("update", "1", None)],
        ),
        (
            f"insert into {ITEMS} (id, shipment_id, product_id, location_id) values (1, 1, 2, 1), (98, 1, 2, 1) "
            "on conflict (id) do update set status = 'lost'",
            [("insert", "2", None), ("update", "1", None)],
        ),
        (
            f"insert into {ITEMS} (id, shipment_id, product_id, location_id) values (1, 1, 2, 1) "
            "on conflict do nothing",
            [],
        ),
        (
            f"with gone as (delete from {ITEMS} where id = 1 returning *) "
            f"update {ITEMS} set status = 'lost' where id = 4",
            [("delete", "1", None), ("update", "2", None)],
        ),
    ],
)
def test_a_statement_queues_what_it_changed(
    stocked: Shelf, statement: str, queued: list[tuple[str, str | None, str | None]]
) -> None:
    stocked.connection.execute(statement.encode())
    assert [entry[1:] for entry in stocked.queue()] == queued
    assert {entry[0] for entry in stocked.queue()} <= {"product"}


def test_copy_queues_each_product_once(stocked: Shelf) -> None:
    with (
        stocked.connection.cursor() as cursor,
        cursor.copy(f"copy {ITEMS} (shipment_id, product_id, location_id) from stdin") as copy,
    ):
        for _ in range(50):
            copy.write_row((1, 1, 1))
            copy.write_row((1, 2, 1))
    assert stocked.queue() == [("product", "insert", "1", None), ("product", "insert", "2", None)]


def test_products_and_customers_are_captured_too(shelf: Shelf) -> None:
    c = shelf.connection
    c.execute("insert into warehouse.products (sku, name) values ('A', 'A')")
    c.execute("update warehouse.products set updated_at = now()")
    c.execute("update warehouse.products set sku = 'B'")
    c.execute("insert into warehouse.customers (name) values ('Ada')")
    c.execute("update warehouse.customers set created_at = now()")
    c.execute("update warehouse.customers set email = 'ada@example.com'")
    c.execute("delete from warehouse.customers")
    assert shelf.drain() == [
        ("customer", "delete", "1", None),
        ("customer", "insert", "1", None),
        ("customer", "update", "1", None),
        ("product", "insert", "1", None),
        ("product", "update", "1", None),
    ]
    c.execute("truncate warehouse.customers, warehouse.products cascade")
    assert shelf.queue() == [
        ("customer", "truncate", None, None),
        ("product", "truncate", None, None),
        ("product", "truncate", None, None),
        ("product", "truncate", None, None),
    ]


def test_rolled_back_work_queues_nothing(stocked: Shelf) -> None:
    with stocked.connection.transaction(force_rollback=True):
        stocked.sell("1")
        stocked.connection.execute(f"delete from {ITEMS} where product_id = 2")
        assert len(stocked.queue()) == 2
    assert stocked.queue() == []


def test_a_savepoint_rolled_back_queues_only_what_was_outside_it(stocked: Shelf) -> None:
    with stocked.connection.transaction():
        stocked.sell("1")
        with stocked.connection.transaction(force_rollback=True):
            stocked.sell("2")
    assert stocked.queue() == [("product", "update", "1", None)]


def test_a_failed_statement_queues_nothing(stocked: Shelf) -> None:
    with pytest.raises(psycopg.errors.CheckViolation):
        stocked.connection.execute(
            f"update {ITEMS} set status = case id when 3 then 'nonsense' else 'sold' end".encode()
        )
    assert stocked.queue() == []


def test_items_of_no_product_touch_nothing_else(stocked: Shelf) -> None:
    stocked.connection.execute(f"alter table {ITEMS} alter product_id drop not null".encode())
    stocked.connection.execute(f"insert into {ITEMS} (shipment_id, location_id) values (1, 1)".encode())
    stocked.connection.execute(f"update {ITEMS} set product_id = 1 where product_id is null".encode())
    stocked.connection.execute(f"update {ITEMS} set product_id = null where id = 4".encode())
    assert stocked.queue() == [
        ("product", "update", "1", None),
        ("product", "update", None, "2"),
    ]


def test_a_bulk_update_is_noted_once_instead_of_row_by_row(shelf: Shelf) -> None:
    shelf.product("A", 6000)
    shelf.drain()
    with shelf.connection.transaction():
        shelf.connection.execute(f"update {ITEMS} set status = 'lost'".encode())
        shelf.connection.execute(f"update {ITEMS} set status = 'sold'".encode())
    assert shelf.queue() == [("product", "bulk", None, None)]


def test_many_single_updates_in_one_transaction_become_a_bulk_entry(shelf: Shelf) -> None:
    shelf.product("A", 1)
    shelf.drain()
    shelf.connection.execute(
        f"do $$ begin for n in 1..6000 loop update {ITEMS} set location_id = 1 + n % 2; end loop; end $$".encode()
    )
    ops = [op for _, op, _, _ in shelf.queue()]
    assert ops.count("bulk") == 1
    assert 0 < ops.count("update") <= 5000


def test_a_session_cannot_hide_its_bulk_update_by_a_setting(shelf: Shelf) -> None:
    shelf.product("A", 6000)
    shelf.connection.execute(f"update {ITEMS} set status = 'lost'".encode())
    shelf.drain()
    with shelf.connection.transaction():
        for note in ("yes", value(shelf.connection, "select pg_current_xact_id()::text")):
            shelf.connection.execute("select set_config('sync.noted_2', %s, false)", (note,))
            shelf.connection.execute(f"update {ITEMS} set status = 'sold'".encode())
    assert ("product", "bulk", None, None) in shelf.queue()


def test_a_bulk_update_in_a_savepoint_rolled_back_is_noted_when_it_comes_again(shelf: Shelf) -> None:
    key = shelf.product("A", 6000)
    shelf.drain()
    with shelf.connection.transaction():
        with shelf.connection.transaction(force_rollback=True):
            shelf.connection.execute(f"update {ITEMS} set status = 'lost'".encode())
        shelf.sell(key)
    # One entry for the row, or one for everything: the change is not lost.
    assert len(shelf.queue()) == 1
