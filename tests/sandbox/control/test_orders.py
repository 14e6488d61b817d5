"""Orders: they take from stock, leave with it, or give it back."""

from __future__ import annotations

from typing import Any

import pytest

from house.sandbox import Sandbox
from tests.sandbox.conftest import Shelf


def stock(shelf: Shelf) -> tuple[int, int, int]:
    level = shelf.sandbox.level(shelf.sku)
    return level["available"], level["committed"], level["on_hand"]


def test_an_order_commits_and_its_goods_leave_with_it(shelf: Shelf) -> None:
    number = shelf.sandbox.order((shelf.sku, 3))
    assert stock(shelf) == (7, 3, 10)
    assert shelf.sandbox.control("POST", f"/orders/{number}/fulfill")["state"] == "fulfilled"
    assert stock(shelf) == (7, 0, 7)
    assert shelf.sandbox.http.post(f"/_sandbox/orders/{number}/cancel").status_code == 409


def test_a_cancelled_order_gives_back(shelf: Shelf) -> None:
    number = shelf.sandbox.order((shelf.sku, 12))
    assert stock(shelf) == (-2, 12, 10)
    shelf.sandbox.control("POST", f"/orders/{number}/cancel")
    assert stock(shelf) == (10, 0, 10)
    states = {one["id"]: one["state"] for one in shelf.sandbox.control("GET", "/orders")["orders"]}
    assert states[number] == "cancelled"


def test_an_order_may_name_item_and_location(shelf: Shelf) -> None:
    line = {"inventory_item_id": shelf.item, "location_id": shelf.second, "quantity": 1}
    placed = shelf.sandbox.control("POST", "/orders", {"lines": [line]})
    assert placed["lines"] == [{"sku": shelf.sku, **line}]
    assert stock(shelf) == (10, 0, 10)


@pytest.mark.parametrize(
    ("lines", "complaint"),
    [
        ([], "lines: an order needs at least one"),
        ([{"sku": "NONE", "quantity": 1}], "lines[0].sku: no item with SKU 'NONE'"),
        ([{"sku": "NONE", "quantity": 0}], "lines[0].quantity: 0 is not a number of at least 1"),
        (
            [{"inventory_item_id": "gid://shopify/InventoryItem/1", "quantity": 1}],
            "lines[0].inventory_item_id: no item",
        ),
        (["one"], "lines[0]: not an object"),
    ],
)
def test_a_wrong_order_is_refused_in_words(shared: Sandbox, lines: Any, complaint: str) -> None:
    answer = shared.http.post("/_sandbox/orders", json={"lines": lines})
    assert answer.status_code == 400
    assert complaint in answer.json()["error"]
    assert shared.http.post("/_sandbox/orders/1/fulfill").status_code == 404
