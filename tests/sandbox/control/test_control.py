"""The control interface: edits, products, state and the journal."""

from __future__ import annotations

import json

import pytest

from tests.sandbox.conftest import Shelf


def test_a_foreign_edit_makes_the_next_compare_stale(shelf: Shelf) -> None:
    shelf.sandbox.edit(shelf.sku, 2)
    level = shelf.sandbox.level(shelf.sku)
    assert (level["available"], level["committed"], level["on_hand"]) == (2, 0, 2)
    payload = shelf.sandbox.set((shelf.item, shelf.location, 4, 10))
    assert payload["userErrors"][0]["code"] == "CHANGE_FROM_QUANTITY_STALE"


def test_a_product_can_be_taken_away(shelf: Shelf) -> None:
    number = shelf.product.rpartition("/")[2]
    shelf.sandbox.control("DELETE", f"/products/{number}")
    assert shelf.sku not in shelf.sandbox.available()
    assert shelf.sandbox.data(f'{{ node(id: "{shelf.item}") {{ id }} }}') == {"node": None}
    assert shelf.sandbox.http.delete(f"/_sandbox/products/{number}").status_code == 404


def test_variants_are_edited_in_the_admin_at_no_apps_cost(shelf: Shelf) -> None:
    shelf.sandbox.reset_stats()
    shelf.sandbox.edit_variants([{"id": shelf.variant, "sku": f"{shelf.sku}-new", "tracked": False}])
    level = shelf.sandbox.level(f"{shelf.sku}-new")
    assert (level["variant_id"], level["tracked"]) == (shelf.variant, False)
    assert shelf.sandbox.stats()["cost_charged"] == 0


@pytest.mark.parametrize(
    ("edit", "complaint"),
    [
        ({"id": "gid://shopify/ProductVariant/1"}, "variants[1].id: no such variant"),
        ({"sku": 5}, "variants[1].sku: 5"),
        ({"price": "1"}, "variants[1].price: '1'"),
        ({"sku": "x" * 256}, "variants[1]: SKU is too long"),
    ],
)
def test_a_wrong_edit_is_refused_with_all_that_came_with_it(
    shelf: Shelf, edit: dict[str, object], complaint: str
) -> None:
    edits = [{"id": shelf.variant, "sku": "never"}, {"id": shelf.variant, **edit}]
    answer = shelf.sandbox.http.post("/_sandbox/variants", json={"variants": edits})
    assert answer.status_code == 400 and answer.json()["error"].startswith(complaint)
    assert "never" not in shelf.sandbox.available()


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
