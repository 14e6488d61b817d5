"""Setting, adjusting and moving quantities: compare-and-set, and all or nothing."""

from __future__ import annotations

from typing import Any

import pytest

from house.sandbox import SET
from tests.sandbox.conftest import Shelf, new_shelf

CHANGES = SET.replace("{ id }", "{ id changes { name delta item { id } } }")
MISSING = "gid://shopify/InventoryItem/404"


def codes(payload: dict[str, Any]) -> list[tuple[Any, str]]:
    return [(error["field"], error["code"]) for error in payload["userErrors"]]


def stale(n: int) -> tuple[list[str], str]:
    return ["input", "quantities", str(n), "changeFromQuantity"], "CHANGE_FROM_QUANTITY_STALE"


def test_a_quantity_is_set_if_it_is_still_what_it_was(shelf: Shelf) -> None:
    assert shelf.sandbox.set((shelf.item, shelf.location, 7, 10))["userErrors"] == []
    assert shelf.available == 7
    assert codes(shelf.sandbox.set((shelf.item, shelf.location, 9, 10))) == [stale(0)]
    assert shelf.available == 7


def test_one_bad_entry_keeps_all_the_others_from_being_written(shelf: Shelf) -> None:
    other = new_shelf(shelf.sandbox)
    payload = shelf.sandbox.set(
        (shelf.item, shelf.location, 1, 10), (MISSING, shelf.location, 1, 10), (other.item, other.location, 1, 10)
    )
    assert payload["inventoryAdjustmentGroup"] is None
    assert codes(payload) == [(["input", "quantities", "1", "inventoryItemId"], "INVALID_INVENTORY_ITEM")]
    payload = shelf.sandbox.set(
        (shelf.item, shelf.location, 1, 10), (other.item, other.location, 1, 9), (other.item, other.second, 1, 9)
    )
    assert codes(payload) == [stale(1), stale(2)]
    assert (shelf.available, other.available) == (10, 10)


def test_a_pair_may_stand_in_a_call_once(shelf: Shelf) -> None:
    entry = (shelf.item, shelf.location, 1, 10)
    fields = [["input", "quantities", n, "locationId"] for n in ("0", "2")]
    refused = codes(shelf.sandbox.set(entry, (shelf.item, shelf.second, 1, None), entry))
    assert refused == [(field, "NO_DUPLICATE_INVENTORY_ITEM_ID_GROUP_ID_PAIR") for field in fields]


def test_a_pair_twice_in_a_call_on_hand_has_no_code_of_its_own(shelf: Shelf) -> None:
    """The mutation's codes know no such case, and an answer with an unknown code is a fault of the server."""
    text = """mutation ($input: InventorySetOnHandQuantitiesInput!) {
      inventorySetOnHandQuantities(input: $input) @idempotent(key: "twice") { userErrors { field code } } }"""
    entry = {"inventoryItemId": shelf.item, "locationId": shelf.location, "quantity": 1, "changeFromQuantity": None}
    payload = shelf.sandbox.data(text, {"input": {"reason": "correction", "setQuantities": [entry, entry]}})
    fields = [["input", "setQuantities", n, "locationId"] for n in ("0", "1")]
    assert payload["inventorySetOnHandQuantities"]["userErrors"] == [{"field": one, "code": None} for one in fields]


def test_rows_of_a_group_come_all_available_then_all_on_hand(shelf: Shelf) -> None:
    other = new_shelf(shelf.sandbox)
    entries = [(shelf.item, shelf.location, 12), (other.item, other.location, 5)]
    quantities = [
        {"inventoryItemId": item, "locationId": place, "quantity": quantity, "changeFromQuantity": None}
        for item, place, quantity in entries
    ]
    given = {"name": "available", "reason": "correction", "quantities": quantities}
    payload = shelf.sandbox.data(CHANGES, {"input": given, "key": f"rows of {shelf.sku}"})["inventorySetQuantities"]
    rows = [(one["name"], one["delta"], one["item"]["id"]) for one in payload["inventoryAdjustmentGroup"]["changes"]]
    deltas = [(2, shelf.item), (-5, other.item)]
    assert rows == [(name, *delta) for name in ("available", "on_hand") for delta in deltas]


def test_an_unchanged_quantity_makes_no_group(shelf: Shelf) -> None:
    payload = shelf.sandbox.set((shelf.item, shelf.location, 10, 10))
    assert payload == {"inventoryAdjustmentGroup": None, "userErrors": []}


def test_on_hand_is_set_by_changing_what_is_available(shelf: Shelf) -> None:
    shelf.sandbox.order((shelf.sku, 4))
    assert shelf.sandbox.set((shelf.item, shelf.location, 12, 10), name="on_hand")["userErrors"] == []
    level = shelf.sandbox.level(shelf.sku)
    assert (level["available"], level["committed"], level["on_hand"]) == (8, 4, 12)
    payload = shelf.sandbox.set((shelf.item, shelf.location, 1, 8), name="damaged")
    assert codes(payload) == [(["input", "name"], "INVALID_NAME")]


def test_an_item_that_is_not_stocked_there_becomes_so(shelf: Shelf) -> None:
    text = """mutation ($name: String!) {
      locationAdd(input: {name: $name, address: {countryCode: US}}) { location { id } } }"""
    place = shelf.sandbox.data(text, {"name": f"Annex of {shelf.sku}"})["locationAdd"]["location"]["id"]
    assert shelf.sandbox.set((shelf.item, place, 3, 0))["userErrors"] == []
    levels = {level["location_id"]: level["available"] for level in shelf.sandbox.state() if level["sku"] == shelf.sku}
    assert levels[place] == 3


def test_untracked_items_keep_the_quantity_and_stay_untracked(shelf: Shelf) -> None:
    loose = new_shelf(shelf.sandbox, available=0, tracked=False)
    assert loose.sandbox.set((loose.item, loose.location, 5, 0))["userErrors"] == []
    level = loose.sandbox.level(loose.sku)
    assert (level["available"], level["tracked"]) == (5, False)


@pytest.mark.parametrize(
    ("uri", "valid"), [("gid://wms/StockSync/1", True), ("logistics://a/b", True), ("nothing", False)]
)
def test_a_reference_document_is_a_uri(shelf: Shelf, uri: str, valid: bool) -> None:
    payload = shelf.sandbox.set((shelf.item, shelf.location, 4, 10), referenceDocumentUri=uri)
    assert (payload["userErrors"] == []) == valid


def adjust(shelf: Shelf, name: str, delta: int, before: int | None, **more: Any) -> dict[str, Any]:
    text = CHANGES.replace("SetQuantities", "AdjustQuantities")
    change = {"inventoryItemId": shelf.item, "locationId": shelf.location, "delta": delta}
    given = {"name": name, "reason": "damaged", "changes": [{**change, "changeFromQuantity": before, **more}]}
    return dict(
        shelf.sandbox.data(text, {"input": given, "key": f"{shelf.sku} {name} {delta}"})["inventoryAdjustQuantities"]
    )


def test_adjusting_writes_a_row_for_the_name_and_one_for_on_hand(shelf: Shelf) -> None:
    rows = adjust(shelf, "damaged", 2, 0, ledgerDocumentUri="wms://d/1")["inventoryAdjustmentGroup"]["changes"]
    assert [(row["name"], row["delta"]) for row in rows] == [("damaged", 2), ("on_hand", 2)]
    rows = adjust(shelf, "incoming", 5, 0, ledgerDocumentUri="wms://d/1")["inventoryAdjustmentGroup"]["changes"]
    assert [(row["name"], row["delta"]) for row in rows] == [("incoming", 5)]
    level = shelf.sandbox.level(shelf.sku)
    assert (level["available"], level["on_hand"]) == (10, 12)


def test_adjusting_has_rules_for_ledgers_names_and_staleness(shelf: Shelf) -> None:
    where = ["input", "changes", "0"]
    assert codes(adjust(shelf, "damaged", 1, 0)) == [([*where, "ledgerDocumentUri"], "INVALID_QUANTITY_DOCUMENT")]
    payload = adjust(shelf, "available", 1, 10, ledgerDocumentUri="wms://d/1")
    assert codes(payload) == [([*where, "ledgerDocumentUri"], "INVALID_AVAILABLE_DOCUMENT")]
    assert codes(adjust(shelf, "committed", 1, 0)) == [(["input", "name"], "INVALID_QUANTITY_NAME")]
    assert codes(adjust(shelf, "available", 2, 9)) == [([*where, "changeFromQuantity"], "CHANGE_FROM_QUANTITY_STALE")]
    assert adjust(shelf, "available", 0, 10) == {"inventoryAdjustmentGroup": None, "userErrors": []}


def test_moving_keeps_what_is_on_hand(shelf: Shelf) -> None:
    text = CHANGES.replace("SetQuantities", "MoveQuantities")
    ends = {
        "from": {"locationId": shelf.location, "name": "available", "changeFromQuantity": 10},
        "to": {
            "locationId": shelf.location,
            "name": "safety_stock",
            "changeFromQuantity": 0,
            "ledgerDocumentUri": "wms://d/1",
        },
    }
    change = {"inventoryItemId": shelf.item, "quantity": 3, **ends}
    given = {"reason": "safety_stock", "referenceDocumentUri": "wms://m/1", "changes": [change]}
    payload = shelf.sandbox.data(text, {"input": given, "key": f"move {shelf.sku}"})["inventoryMoveQuantities"]
    rows = payload["inventoryAdjustmentGroup"]["changes"]
    assert [(row["name"], row["delta"]) for row in rows] == [("available", -3), ("safety_stock", 3)]
    level = shelf.sandbox.level(shelf.sku)
    assert (level["available"], level["on_hand"]) == (7, 10)
