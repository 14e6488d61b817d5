"""Where an item is stocked: what activating and deactivating a level answers."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.conftest import Shelf

ACTIVATE = """mutation ($item: ID!, $place: ID!, $available: Int, $onHand: Int, $key: String!) {
  inventoryActivate(inventoryItemId: $item, locationId: $place, available: $available, onHand: $onHand)
      @idempotent(key: $key) {
    inventoryLevel { isActive quantities(names: ["available", "on_hand"]) { quantity } }
    userErrors { field message }
  }
}"""
DEACTIVATE = """mutation ($id: ID!) { inventoryDeactivate(inventoryLevelId: $id) { userErrors { field message } } }"""
LEVELS = """query ($id: ID!) { inventoryItem(id: $id) { inventoryLevels(first: 9, includeInactive: true) {
  nodes { id isActive } } } }"""


def activate(shelf: Shelf, place: str, **quantities: int) -> dict[str, Any]:
    variables = {"item": shelf.item, "place": place, "key": f"{shelf.sku} {place} {quantities}", **quantities}
    return dict(shelf.sandbox.data(ACTIVATE, variables)["inventoryActivate"])


def levels(shelf: Shelf) -> list[dict[str, Any]]:
    return list(shelf.sandbox.data(LEVELS, {"id": shelf.item})["inventoryItem"]["inventoryLevels"]["nodes"])


def deactivate(shelf: Shelf, level: str) -> list[dict[str, Any]]:
    return list(shelf.sandbox.data(DEACTIVATE, {"id": level})["inventoryDeactivate"]["userErrors"])


def test_an_active_level_is_shown_beside_the_refusal_to_set_its_quantity(shelf: Shelf) -> None:
    level = {"isActive": True, "quantities": [{"quantity": 10}, {"quantity": 10}]}
    ending = "quantity when the item is already active at the location."
    available = {"field": ["available"], "message": f"Not allowed to set available {ending}"}
    on_hand = {"field": ["onHand"], "message": f"Not allowed to set an on_hand {ending}"}
    for given, errors in (
        ({"available": 3}, [available]),
        ({"onHand": 3}, [on_hand]),
        ({"available": 3, "onHand": 3}, [available, on_hand]),
        ({}, []),
    ):
        assert activate(shelf, shelf.location, **given) == {"inventoryLevel": level, "userErrors": errors}


@pytest.mark.parametrize(
    ("given", "fields", "reason"),
    [
        (
            {"available": 1, "onHand": 2},
            ["available", "onHand"],
            "not allowed to set available and on_hand quantities at the same time.",
        ),
        ({"onHand": 1_000_000_001}, ["onHand"], "the quantity needs to be between -1 billion and 1 billion."),
    ],
)
def test_a_level_is_not_opened_with_two_quantities_or_one_out_of_range(
    shelf: Shelf, given: dict[str, int], fields: list[str], reason: str
) -> None:
    assert deactivate(shelf, levels(shelf)[1]["id"]) == []
    message = f"The product couldn't be stocked at Second because {reason}"
    errors = [{"field": [field], "message": message} for field in fields]
    assert activate(shelf, shelf.second, **given) == {"inventoryLevel": None, "userErrors": errors}
    assert [level["isActive"] for level in levels(shelf)] == [True, False]


def test_a_level_is_left_whatever_is_committed_but_never_the_last(shelf: Shelf) -> None:
    shelf.sandbox.order((shelf.sku, 2))
    (first, second) = levels(shelf)
    assert deactivate(shelf, first["id"]) == []
    message = "The product couldn't be unstocked from Second because products need to be stocked at a minimum of 1 "
    assert deactivate(shelf, second["id"]) == [{"field": None, "message": f"{message}location."}]


def test_what_is_gone_cannot_be_left(shelf: Shelf) -> None:
    number = shelf.item.rpartition("/")[2]
    for level, gone in (
        ("gid://shopify/InventoryLevel/999999999999?inventory_item_id=999999999998", "product"),
        (f"gid://shopify/InventoryLevel/999999999999?inventory_item_id={number}", "location"),
    ):
        message = f"The product couldn't be unstocked because the {gone} was deleted."
        assert deactivate(shelf, level) == [{"field": None, "message": message}]
