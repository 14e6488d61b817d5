"""The control interface: orders, edits, products, state, the journal and the page."""

from __future__ import annotations

import json
from html.parser import HTMLParser
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


def test_a_foreign_edit_makes_the_next_compare_stale(shelf: Shelf) -> None:
    shelf.sandbox.edit(shelf.sku, 2)
    assert stock(shelf) == (2, 0, 2)
    payload = shelf.sandbox.set((shelf.item, shelf.location, 4, 10))
    assert payload["userErrors"][0]["code"] == "CHANGE_FROM_QUANTITY_STALE"


def test_a_product_can_be_taken_away(shelf: Shelf) -> None:
    number = shelf.product.rpartition("/")[2]
    shelf.sandbox.control("DELETE", f"/products/{number}")
    assert shelf.sku not in shelf.sandbox.available()
    assert shelf.sandbox.data(f'{{ node(id: "{shelf.item}") {{ id }} }}') == {"node": None}
    assert shelf.sandbox.http.delete(f"/_sandbox/products/{number}").status_code == 404


def test_state_comes_whole_or_line_by_line(shelf: Shelf) -> None:
    answer = shelf.sandbox.http.get("/_sandbox/state", headers={"Accept": "application/x-ndjson"})
    assert [json.loads(line) for line in answer.text.splitlines()] == shelf.sandbox.state()
    assert {"available", "committed", "on_hand", "tracked", "location_id"} < set(shelf.sandbox.state()[0])


def test_the_journal_tells_what_was_asked_and_what_came_of_it(shelf: Shelf) -> None:
    shelf.sandbox.control("POST", "/stats/reset")
    shelf.sandbox.set((shelf.item, shelf.location, 4, 10), key="the-key")
    shelf.sandbox.set((shelf.item, shelf.location, 4, 10), key="next")
    shelf.sandbox.query("{ nope }")
    last = shelf.sandbox.requests()
    assert [one["outcome"] for one in last] == ["undefinedField", "CHANGE_FROM_QUANTITY_STALE", "ok"]
    first = last[-1]
    assert (first["operation"], first["status"], first["cost"]) == ("inventorySetQuantities", 200, 10)
    assert (first["idempotency_key"], first["entries"]) == ("the-key", 1)
    stats = shelf.sandbox.stats()
    assert (stats["calls"], stats["mutations"], stats["levels_set"], stats["cost_charged"]) == (3, 2, 1, 20)
    assert stats["by_operation"] == {"inventorySetQuantities": 2}
    assert stats["first_set_at"] == stats["last_set_at"] > 0
    assert stats["bucket"]["maximumAvailable"] > 0


class Tables(HTMLParser):
    """Text of all cells, and how many headers lack a scope."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.unscoped = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "th" and "scope" not in dict(attrs):
            self.unscoped += 1

    def handle_data(self, data: str) -> None:
        self.words.append(data.strip())


def page(sandbox: Sandbox, query: str = "") -> Tables:
    answer = sandbox.http.get(f"/_sandbox{query}")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/html")
    tables = Tables()
    tables.feed(answer.text)
    return tables


def test_the_page_shows_stock_requests_faults_and_orders(shelf: Shelf) -> None:
    shelf.sandbox.fault("delay", operation="productOptionsCreate")
    shelf.sandbox.order((shelf.sku, 3))
    shelf.sandbox.set((shelf.item, shelf.location, 4, 7))
    shown = page(shelf.sandbox, f"?sku={shelf.sku.lower()}")
    assert {shelf.sku, "inventorySetQuantities", "delay", f"3 of {shelf.sku}"} <= set(shown.words)
    assert shown.unscoped == 0
    assert "Nothing with “<b>” in its SKU." in " ".join(page(shelf.sandbox, "?sku=%3Cb%3E").words)
    assert page(shelf.sandbox, "?page=x").words


def test_the_page_renews_itself_until_told_to_hold_still(shared: Sandbox) -> None:
    renewing = 'http-equiv="refresh"'
    assert renewing in shared.http.get("/_sandbox").text
    assert renewing not in shared.http.get("/_sandbox?still").text
