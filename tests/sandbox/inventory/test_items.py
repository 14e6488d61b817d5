"""Items: what is known of them, and where they are stocked."""

from __future__ import annotations

from typing import Any

from house.sandbox import Sandbox
from tests.sandbox.sizes import product_set, sizes


def test_an_item_is_tracked_and_renamed(shared: Sandbox) -> None:
    product = product_set(shared, **sizes("S", title="Item"))["product"]
    item = product["variants"]["nodes"][0]["inventoryItem"]
    assert item["tracked"] is False
    text = """mutation ($id: ID!, $input: InventoryItemInput!) { inventoryItemUpdate(id: $id, input: $input) {
      inventoryItem { sku tracked unitCost { amount currencyCode } } userErrors { field message } } }"""
    change = {"tracked": True, "sku": "NEW", "cost": "4.20"}
    payload = shared.data(text, {"id": item["id"], "input": change})["inventoryItemUpdate"]
    cost = {"amount": "4.20", "currencyCode": "USD"}
    assert payload["inventoryItem"] == {"sku": "NEW", "tracked": True, "unitCost": cost}
    gone = shared.data(text, {"id": "gid://shopify/InventoryItem/404", "input": change})["inventoryItemUpdate"]
    assert gone["userErrors"][0]["message"] == "The product couldn't be updated because it does not exist."


def test_an_item_stays_stocked_somewhere(shared: Sandbox) -> None:
    product = product_set(shared, **sizes("S", title="Places"))["product"]
    item = product["variants"]["nodes"][0]["inventoryItem"]["id"]
    places = shared.data("{ locations(first: 2, sortKey: ID) { nodes { id } } }")["locations"]["nodes"]
    text = """mutation ($id: ID!, $updates: [InventoryBulkToggleActivationInput!]!) {
      inventoryBulkToggleActivation(inventoryItemId: $id, inventoryItemUpdates: $updates) {
        inventoryLevels { isActive } userErrors { code } } }"""

    def toggle(place: int, on: bool) -> dict[str, Any]:
        updates = [{"locationId": places[place]["id"], "activate": on}]
        return dict(shared.data(text, {"id": item, "updates": updates})["inventoryBulkToggleActivation"])

    assert toggle(0, False)["userErrors"] == [{"code": "CANNOT_DEACTIVATE_FROM_ONLY_LOCATION"}]
    assert toggle(1, True) == {"inventoryLevels": [{"isActive": True}], "userErrors": []}
    assert toggle(0, False) == {"inventoryLevels": [{"isActive": False}], "userErrors": []}
