"""What a webhook tells of an order is applied by a job, or the order is read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.seeds import Shelf, rows, value
from tests.sql.orders.orders import follow, payload, state, statuses, written

LATER = "2026-11-01T13:00:00Z"


def tell(shelf: Shelf, topic: str, body: dict[str, Any], number: int) -> None:
    shelf.connection.execute(
        "select sync.receive_webhooks(array[%s::bigint], array[%s], array[%s], array[null], array[null], "
        "array[null::timestamptz], array[%s::bytea])",
        (shelf.shop, topic, f"w{number}", json.dumps(body).encode()),
    )
    assert value(shelf.connection, "select sync.route_webhooks()") == 1


def work(shelf: Shelf, order: int) -> list[tuple[int, str]]:
    """What a job of the order's lane does; returns what it would have to read, and why."""
    assert (
        value(shelf.connection, "select count(*) from sync.pending where kind = 'orders' and key = %s", str(order)) == 1
    )
    query = "select * from sync.import_heard(row(%s, 'orders', 0, 1, 1)::sync.turn, array[%s])"
    return [tuple(r.values()) for r in rows(shelf.connection, query, shelf.shop, str(order))]


@pytest.fixture
def key(shelf: Shelf, tmp_path: Path) -> str:
    key = shelf.product("A", 5)
    shelf.variants(["A"])
    shelf.link()
    shelf.see(key, 11, 5)
    written(shelf, tmp_path)
    shelf.settle()
    follow(shelf)
    return key


def test_a_whole_order_is_applied_without_reading(shelf: Shelf, key: str) -> None:
    tell(shelf, "orders/create", payload([(1001, 2)], order=7), 1)
    assert work(shelf, 7) == []
    assert state(shelf, 7) == "reserved" and statuses(shelf, key) == {"received": 3, "reserved": 2}
    assert rows(shelf.connection, "select * from sync.heard_orders") == []


def test_updated_before_create_is_the_newer_state(shelf: Shelf, key: str) -> None:
    tell(shelf, "orders/updated", payload([(1001, 3)], order=7, updated=LATER), 1)
    tell(shelf, "orders/create", payload([(1001, 2)], order=7), 2)
    assert work(shelf, 7) == []
    assert statuses(shelf, key) == {"received": 2, "reserved": 3}


def test_what_does_not_carry_the_order_has_it_read(shelf: Shelf, key: str) -> None:
    tell(shelf, "orders/create", payload([(1001, 2)], order=7), 1)
    tell(shelf, "refunds/create", {"id": 1, "order_id": 7}, 2)
    tell(shelf, "orders/updated", payload([(1001, 2)], order=7, updated=LATER), 3)
    assert work(shelf, 7) == [(7, "refunds/create does not carry it")]


def test_an_item_at_several_locations_has_it_read(shelf: Shelf, key: str) -> None:
    tell(shelf, "orders/create", payload([(1001, 2)], order=7, location_id=None), 1)
    assert work(shelf, 7) == [(7, "an item of it is stocked at several locations")]


def test_an_order_that_cannot_be_applied_is_refused_and_spoils_no_other(shelf: Shelf, key: str) -> None:
    broken = payload([(1001, 1)], order=8)
    broken["line_items"][0]["quantity"] = None
    tell(shelf, "orders/create", payload([(1001, 2)], order=7), 1)
    tell(shelf, "orders/create", broken, 2)
    query = "select * from sync.import_heard(row(%s, 'orders', 0, 1, 1)::sync.turn, '{7,8}')"
    assert rows(shelf.connection, query, shelf.shop) == []
    assert state(shelf, 7) == "reserved"
    (refused,) = rows(shelf.connection, "select key, class, message, remedy from sync.open_refusals")
    assert (refused["key"], refused["class"]) == ("8", "ORDER_UNREADABLE") and "quantity" in refused["message"]
    tell(shelf, "orders/updated", payload([(1001, 1)], order=8, updated=LATER), 3)
    assert work(shelf, 8) == [] and state(shelf, 8) == "reserved"
    assert rows(shelf.connection, "select * from sync.open_refusals") == []


def test_orders_of_a_shop_that_imports_none_are_kept_in_the_inbox(shelf: Shelf) -> None:
    tell(shelf, "orders/create", payload([(1001, 2)], order=7), 1)
    assert rows(shelf.connection, "select * from sync.heard_orders") == []
    assert [r["state"] for r in rows(shelf.connection, "select state from sync.webhook_inbox")] == ["done"]
