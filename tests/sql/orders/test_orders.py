"""An order that is applied is in the warehouse with its units reserved, once, and costs no push."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.seeds import Shelf, rows, value
from tests.sql.orders.orders import apply, follow, level, money, payload, state, statuses, written

VARIANT = 1001


@pytest.fixture
def key(shelf: Shelf, tmp_path: Path) -> str:
    """A product with five units at the front, which the shop offers."""
    key = shelf.product("A", 5)
    shelf.variants(["A"])
    shelf.link()
    shelf.see(key, 11, 5)
    written(shelf, tmp_path)
    shelf.settle()
    follow(shelf)
    return key


def test_an_order_is_written_into_the_warehouse_and_its_units_are_reserved(shelf: Shelf, key: str) -> None:
    assert apply(shelf, payload([(VARIANT, 2)], order=7)) == "applied"
    assert state(shelf, 7) == "reserved" and statuses(shelf, key) == {"received": 3, "reserved": 2}
    found = rows(
        shelf.connection,
        "select c.email, i.price, i.product_id from warehouse.orders as o "
        "join warehouse.customers as c on c.id = o.customer_id join warehouse.order_items as i on i.order_id = o.id",
    )
    assert [tuple(r.values()) for r in found] == [("ann@example.com", 10, int(key))] * 2
    # Shopify has lowered its level already: it is known, and nothing is to be pushed.
    assert level(shelf, key) == {"available": 3, "committed": 2, "committed_counted": 2, "desired": 3}


def test_the_same_again_changes_nothing(shelf: Shelf, key: str) -> None:
    for _ in range(3):
        assert apply(shelf, payload([(VARIANT, 2)], order=7)) == "applied"
    assert statuses(shelf, key) == {"received": 3, "reserved": 2}
    assert value(shelf.connection, "select count(*) from warehouse.orders") == 1
    assert level(shelf, key) == {"available": 3, "committed": 2, "committed_counted": 2, "desired": 3}


def test_older_state_does_not_overwrite_newer(shelf: Shelf, key: str) -> None:
    assert apply(shelf, payload([(VARIANT, 2)], order=7, updated="2026-11-01T12:00:01Z")) == "applied"
    assert apply(shelf, payload([(VARIANT, 1)], order=7)) == "older"
    assert statuses(shelf, key) == {"received": 3, "reserved": 2}


def test_a_level_that_was_read_with_the_order_is_not_moved_again(shelf: Shelf, key: str) -> None:
    shelf.see(key, 11, 3, committed=2)
    apply(shelf, payload([(VARIANT, 2)], order=7))
    assert level(shelf, key) == {"available": 3, "committed": 2, "committed_counted": 2, "desired": 3}


def test_a_level_that_was_read_with_one_of_two_orders_moves_once(shelf: Shelf, key: str) -> None:
    shelf.see(key, 11, 4, committed=1)
    apply(shelf, payload([(VARIANT, 1)], order=7))
    apply(shelf, payload([(VARIANT, 1)], order=8))
    assert level(shelf, key) == {"available": 3, "committed": 2, "committed_counted": 2, "desired": 3}


def test_a_cancelled_order_gives_its_units_back(shelf: Shelf, key: str) -> None:
    apply(shelf, payload([(VARIANT, 2)], order=7))
    later = "2026-11-01T13:00:00Z"
    apply(shelf, payload([(VARIANT, 2)], order=7, updated=later, cancelled_at=later))
    assert state(shelf, 7) == "cancelled" and statuses(shelf, key) == {"received": 5}
    assert value(shelf.connection, "select status from warehouse.orders") == "cancelled"
    # As Shopify shows it then.
    shelf.see(key, 11, 5)
    assert level(shelf, key) == {"available": 5, "committed": 0, "committed_counted": 0, "desired": 5}


def test_cancelled_before_it_came_reserves_nothing(shelf: Shelf, key: str) -> None:
    apply(shelf, payload([(VARIANT, 2)], order=7, cancelled_at="2026-11-01T12:00:00Z"))
    assert state(shelf, 7) == "cancelled" and statuses(shelf, key) == {"received": 5}
    assert value(shelf.connection, "select count(*) from warehouse.orders") == 0


def test_an_order_of_more_than_there_is_waits_and_has_them_when_they_come(shelf: Shelf, key: str) -> None:
    apply(shelf, payload([(VARIANT, 7)], order=7))
    assert state(shelf, 7) == "short" and statuses(shelf, key) == {"reserved": 5}
    shelf.receive(key, 3)
    assert value(shelf.connection, "select sync.settle_short(%s)", shelf.shop) == 1
    assert state(shelf, 7) == "reserved" and statuses(shelf, key) == {"received": 1, "reserved": 7}


def test_what_is_no_product_is_kept_and_flagged(shelf: Shelf, key: str) -> None:
    apply(shelf, payload([(VARIANT, 1), (None, 1), (999, 1)], order=7))
    found = rows(shelf.connection, "select flag, reserved from sync.order_line_status order by place")
    assert [(r["flag"], r["reserved"]) for r in found] == [(None, 1), ("NO_VARIANT", 0), ("UNLINKED", 0)]
    assert state(shelf, 7) == "reserved"


def test_an_order_from_before_is_history(shelf: Shelf, key: str) -> None:
    apply(shelf, payload([(VARIANT, 2)], order=7, created="2025-12-31T23:59:59Z"))
    assert state(shelf, 7) == "history" and statuses(shelf, key) == {"received": 5}


def test_a_sum_that_differs_is_shown(shelf: Shelf, key: str) -> None:
    apply(shelf, payload([(VARIANT, 2)], order=7))
    apply(shelf, payload([(VARIANT, 2)], order=8, total_price_set=money("20.01")))
    query = "select difference from sync.order_status order by order_id"
    assert [str(r["difference"]) for r in rows(shelf.connection, query)] == ["0.00", "0.01"]


def test_a_customer_is_found_by_e_mail_and_then_by_phone(shelf: Shelf, key: str) -> None:
    shelf.connection.execute(
        "insert into warehouse.customers (name, email, phone) values ('Ann', 'Ann@Example.com', '')"
    )
    shelf.connection.execute("insert into warehouse.customers (name, phone) values ('Bea', '+4930123456')")
    apply(shelf, payload([(VARIANT, 1)], order=7, email=" ANN@example.com"))
    apply(shelf, payload([(VARIANT, 1)], order=8, email=None, phone="+49 30 123456"))
    apply(shelf, payload([(VARIANT, 1)], order=9, email=None))
    found = rows(
        shelf.connection,
        "select c.name from warehouse.orders as o left join warehouse.customers as c on c.id = o.customer_id "
        "order by o.id",
    )
    assert [r["name"] for r in found] == ["Ann", "Bea", None]


def test_two_orders_for_the_last_units_have_them_once(shelf: Shelf, key: str) -> None:
    apply(shelf, payload([(VARIANT, 4)], order=7))
    apply(shelf, payload([(VARIANT, 4)], order=8))
    assert (state(shelf, 7), state(shelf, 8)) == ("reserved", "short")
    assert statuses(shelf, key) == {"reserved": 5}


def test_what_the_warehouse_books_itself_is_held_back_until_it_says_so(shelf: Shelf, key: str) -> None:
    follow(shelf, books="warehouse")
    apply(shelf, payload([(VARIANT, 2)], order=7))
    assert state(shelf, 7) == "waiting" and statuses(shelf, key) == {"received": 5}
    assert level(shelf, key) == {"available": 3, "committed": 2, "committed_counted": 0, "desired": 3}
    with shelf.connection.transaction():
        shelf.sell(key, 2)
        shelf.connection.execute("select sync.book_order('one.myshopify.com', 7, 'A-7')")
    assert state(shelf, 7) == "reserved"
    assert level(shelf, key) == {"available": 3, "committed": 2, "committed_counted": 2, "desired": 3}


def test_reservations_of_our_own_are_offered_in_no_other_shop(shelf: Shelf, key: str) -> None:
    shelf.connection.execute(
        "create or replace function sync.can_write_orders() returns boolean language sql stable return false"
    )
    other = shelf.add_shop("two.myshopify.com")
    shelf.variants(["A"], shop=other)
    shelf.link(shop=other)
    shelf.see(key, 11, 5, shop=other)
    shelf.settle()
    apply(shelf, payload([(VARIANT, 2)], order=7))
    assert state(shelf, 7) == "reserved" and statuses(shelf, key) == {"received": 5}
    assert level(shelf, key) == {"available": 3, "committed": 2, "committed_counted": 0, "desired": 3}
    query = "select desired from sync.compute_levels(%s, array[%s]) where location_id = 11"
    assert value(shelf.connection, query, other, key) == 3
    assert value(shelf.connection, "select count(*) from sync.pending where shop_id = %s", other) == 1
