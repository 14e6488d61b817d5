"""A change of very many keys: passes of the relay stay short, everybody's changes go on between them, nothing is lost
(I2), nothing goes out before the guard has seen the whole (I14)."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest

from tests.seeds import FRONT, Shelf, rows, value

# A pass looks at so many keys.
KEYS = 3
PRODUCTS = 10
ALL = "update warehouse.shipment_items set status = 'lost' where product_id <= 9"


@pytest.fixture
def wide(shelf: Shelf) -> Shelf:
    """Ten products with two units each, in step: more than a pass may look at."""
    shelf.stocked(*[2] * PRODUCTS)
    return shelf


def one_pass(shelf: Shelf) -> bool:
    """Whether it has left anything."""
    return bool(value(shelf.connection, "select unfinished from sync.relay_changes(p_keys => %s)", KEYS))


def passes(shelf: Shelf) -> int:
    """How many it takes until nothing is left."""
    for number in range(1, 50):
        if not one_pass(shelf):
            return number
    raise AssertionError("it never ends")


def in_lanes(shelf: Shelf) -> set[str]:
    """Products that a job may take."""
    return {key for key, row in shelf.pending().items() if row["lane"] is not None}


def bulk(shelf: Shelf) -> None:
    """Most products have no unit any more; nobody knows which."""
    with shelf.connection.transaction():
        shelf.connection.execute(ALL)
        shelf.drain()
        shelf.connection.execute("select sync.look_at_all('bulk')")


def test_all_that_has_changed_is_visible_at_every_moment_and_pending_at_the_end(wide: Shelf) -> None:
    bulk(wide)
    wrong = set(wide.items) - {"10"}
    for _ in range(50):
        unfinished = one_pass(wide)
        told = {r["product_key"] for r in rows(wide.connection, "select product_key from sync.queued_products")}
        assert None in told or wrong <= wide.pending().keys() | told
        assert rows(wide.connection, "select from sync.pending_changes limit 1")
        if not unfinished:
            break
    assert in_lanes(wide) == wrong
    assert rows(wide.connection, "select * from sync.slices") == []
    assert rows(wide.connection, "select * from sync.queued_changes") == []


def test_ordinary_changes_go_out_between_the_passes(wide: Shelf) -> None:
    bulk(wide)
    assert one_pass(wide)
    wide.sell("10")
    assert one_pass(wide)
    assert in_lanes(wide) == {"10"}
    assert rows(wide.connection, "select from pgqueuer.pgqueuer")
    wide.receive("1", 5)
    one_pass(wide)
    assert in_lanes(wide) == {"1", "10"}
    passes(wide)
    assert in_lanes(wide) == set(wide.items)


def test_many_named_keys_are_sliced_as_well(wide: Shelf) -> None:
    keys = list(wide.items)
    wide.connection.execute("update warehouse.shipment_items set status = 'sold' where id % 2 = 0")
    assert passes(wide) > 3
    assert in_lanes(wide) == set(keys)


def test_what_changes_behind_the_passes_is_looked_at_again(wide: Shelf) -> None:
    bulk(wide)
    for _ in range(3):
        assert one_pass(wide)
    assert 0 < len(wide.pending()) < PRODUCTS - 1
    wide.connection.execute("update sync.levels set available = 9")
    wide.connection.execute("select sync.look_at_all('bulk')")
    passes(wide)
    assert in_lanes(wide) == set(wide.items)


def test_bulk_changes_that_never_stop_hold_nothing_back_for_ever(wide: Shelf) -> None:
    for _ in range(30):
        wide.connection.execute("select sync.look_at_all('bulk')")
        one_pass(wide)
    wide.connection.execute("delete from sync.pending")
    bulk(wide)
    for _ in range(30):
        wide.connection.execute("select sync.look_at_all('bulk')")
        one_pass(wide)
    assert in_lanes(wide) == set(wide.items) - {"10"}
    assert value(wide.connection, "select count(*) from sync.slices") < 12


def test_a_pass_that_is_rolled_back_is_made_again(wide: Shelf) -> None:
    bulk(wide)
    one_pass(wide)
    before = rows(wide.connection, "select * from sync.slices order by id")
    with wide.connection.transaction(force_rollback=True):
        one_pass(wide)
        assert rows(wide.connection, "select * from sync.slices order by id") != before
    assert rows(wide.connection, "select * from sync.slices order by id") == before
    passes(wide)
    assert in_lanes(wide) == set(wide.items) - {"10"}


def test_the_guard_sees_the_whole_before_anything_goes_out(wide: Shelf) -> None:
    wide.connection.execute("update sync.guards set loss_share = 0.5, allowance = 1")
    bulk(wide)
    while one_pass(wide):
        assert rows(wide.connection, "select from pgqueuer.pgqueuer") == []
    assert value(wide.connection, "select held_reason from sync.guards") == (
        "9 of 10 levels in stock would be set to zero."
    )
    assert rows(wide.connection, "select from pgqueuer.pgqueuer") == []


def test_the_guard_sees_a_change_of_many_at_one_stroke(wide: Shelf) -> None:
    wide.connection.execute("update sync.guards set change_share = 0.5, allowance = 1")
    wide.connection.execute("update sync.levels set available = 9 where inventory_item_id <= 2007")
    wide.connection.execute("select sync.look_at_all('recheck')")
    while one_pass(wide):
        assert rows(wide.connection, "select from pgqueuer.pgqueuer") == []
    assert value(wide.connection, "select held_reason from sync.guards") == (
        "14 of 20 levels would change at one stroke."
    )


def test_skus_that_are_swapped_among_many_products_never_break_a_link(wide: Shelf) -> None:
    wide.connection.execute(
        "update warehouse.products set sku = 'SKU-' || (case id when 1 then 9 when 10 then 0 else id - 1 end)"
    )
    while one_pass(wide):
        assert value(wide.connection, "select count(*) from sync.links where state = 'ok'") == PRODUCTS
        assert rows(wide.connection, "select * from sync.departed_items") == []
    linked = {r["product_key"]: r["inventory_item_id"] for r in rows(wide.connection, "select * from sync.links")}
    assert (linked["1"], linked["10"]) == (2010, 2001)


def test_every_shop_is_looked_at(wide: Shelf) -> None:
    other = wide.add_shop("two.myshopify.com")
    wide.variants([f"SKU-{n}" for n in range(PRODUCTS)], shop=other)
    wide.link(shop=other)
    for key in wide.items:
        wide.see(key, FRONT, 2, shop=other)
    wide.settle()
    bulk(wide)
    passes(wide)
    assert rows(
        wide.connection, "select shop_id, count(*) from sync.pending where lane is not null group by 1 order by 1"
    ) == [{"shop_id": shop, "count": PRODUCTS - 1} for shop in (wide.shop, other)]


def test_reconciling_does_not_call_wrong_what_is_still_to_be_looked_at(wide: Shelf) -> None:
    bulk(wide)
    one_pass(wide)
    run = value(wide.connection, "select run_id from sync.claim_run(%s, 'reconcile_inventory')", wide.shop)
    for key in wide.items:
        wide.see(key, FRONT, 2)
    found = rows(wide.connection, "select * from sync.compare_inventory(%s, true)", run)[0]
    assert found["causes"] == {}


def test_keys_are_looked_up_even_by_a_plan_that_was_made_while_nothing_was_pending(wide: Shelf) -> None:
    c = wide.connection
    c.execute("vacuum analyze sync.pending")
    for setting in ("plan_cache_mode = force_generic_plan", "enable_seqscan = off"):  # as a runner has them
        c.execute(f"set {setting}".encode())
    c.execute(
        "prepare lookup (bigint, text[]) as select p.key from unnest($2) as k (key) cross join lateral (select q.key "
        "from sync.pending as q where q.shop_id = $1 and q.kind = 'inventory' and q.key = k.key limit 1) as p"
    )
    plan = " ".join(r["QUERY PLAN"] for r in rows(c, "explain execute lookup (1, '{1,2}')"))
    assert "pending_pkey" in plan
    assert "Filter" not in plan


def test_what_changes_by_itself_does_not_queue_up_behind_a_stroke(wide: Shelf) -> None:
    def first() -> str:
        return str(value(wide.connection, "select key from sync.pending order by urgency, since limit 1"))

    wide.see("10", FRONT, 9)
    bulk(wide)
    one_pass(wide)
    wide.sell("10")
    passes(wide)
    assert in_lanes(wide) == set(wide.items)
    assert first() == "10"  # of which one unit is left, and none of the others
    assert value(wide.connection, "select bool_and(priority = 'critical') from sync.pending_changes")
    # Another stroke over all of it makes it no less urgent.
    wide.connection.execute("select sync.look_at_all('bulk')")
    passes(wide)
    assert first() == "10"
    # What falls goes before what rises, by itself or not.
    wide.receive("10", 20)
    wide.relay()
    assert first() != "10"


@pytest.fixture
def locked(wide: Shelf, warehouse: str) -> Iterator[psycopg.Connection]:
    """Somebody holds the table of units, as VACUUM FULL does; it is free when this is rolled back."""
    with psycopg.connect(warehouse) as other:
        wide.sell("10")
        other.execute("lock table warehouse.shipment_items in access exclusive mode")
        yield other


def test_a_locked_table_holds_what_reads_it_and_nothing_else(wide: Shelf, locked: psycopg.Connection) -> None:
    bulk_of_others = "insert into warehouse.customers (name) values ('Somebody')"
    wide.connection.execute(bulk_of_others)
    assert wide.relay()["relayed"] == 2
    assert {r["op"] for r in rows(wide.connection, "select op from sync.queued_changes")} == {"slice"}
    assert rows(wide.connection, "select * from sync.open_alerts") == []
    assert value(wide.connection, "select count(*) from sync.change_log") == 2
    assert wide.relay()["relayed"] == 0
    locked.rollback()
    assert dict(wide.relay())["packed"] == 1
    assert in_lanes(wide) == {"10"}
    assert rows(wide.connection, "select * from sync.slices") == []


def test_a_table_that_stays_locked_is_named_until_it_is_free(wide: Shelf, locked: psycopg.Connection) -> None:
    wide.relay()
    wide.connection.execute("update sync.slices set waits_since = now() - interval '11 seconds'")
    wide.relay()
    (alert,) = rows(wide.connection, "select * from sync.open_alerts")
    assert (alert["rule"], alert["subject"]) == ("mapping_broken", "stock")
    assert f"warehouse.shipment_items is locked by session {locked.info.backend_pid}" in alert["message"]
    locked.rollback()
    wide.relay()
    assert rows(wide.connection, "select * from sync.open_alerts") == []
    assert rows(wide.connection, "select * from sync.mapping_faults") == []
    assert in_lanes(wide) == {"10"}


def test_a_select_that_takes_too_long_is_a_fault_of_its_entry(wide: Shelf) -> None:
    c = wide.connection
    c.execute(
        "create function warehouse.slow() returns boolean language plpgsql as "
        "'begin perform pg_sleep(60); return true; end'"
    )
    text = value(c, "select pg_get_functiondef('sync.read_stock(text[])'::regprocedure)")
    c.execute(text.replace("begin\n", "begin\n  perform warehouse.slow();\n", 1).encode())
    wide.sell("10")
    c.execute("set statement_timeout = '300ms'")
    assert wide.relay()["relayed"] == 1
    c.execute("set statement_timeout = 0")
    (alert,) = rows(c, "select * from sync.open_alerts")
    assert (alert["rule"], alert["subject"]) == ("mapping_broken", "stock")
    assert "it held up the relay for too long" in alert["message"]
    # It holds up no further pass.
    wide.sell("9")
    assert wide.relay()["relayed"] == 1
    assert wide.pending() == {}
    c.execute(text.encode())
    c.execute("update sync.mapping_faults set probe_at = now()")
    wide.relay()
    wide.relay()
    assert in_lanes(wide) == {"9", "10"}
    assert rows(c, "select * from sync.open_alerts") == []
