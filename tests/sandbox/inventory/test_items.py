"""Items: what is known of them, and where they are stocked."""

from __future__ import annotations

from typing import Any

import pytest

from house.sandbox import Sandbox
from tests.sandbox.conftest import Shelf
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


@pytest.mark.parametrize(
    ("given", "field", "message"),
    [
        ({"cost": "-5.00"}, ["cost"], "Cost must be greater than or equal to 0"),
        (
            {"measurement": {"weight": {"unit": "KILOGRAMS", "value": -1}}},
            ["measurement", "weight"],
            "Measurement weight value -1 kg must be >= 0 kg",
        ),
        ({"countryCodeOfOrigin": "ZZ"}, ["countryCodeOfOrigin"], "Country code of origin is invalid"),
        (
            {"harmonizedSystemCode": "12"},
            ["harmonizedSystemCode"],
            "Harmonized system code must be a number between six and thirteen digits",
        ),
    ],
)
def test_values_that_no_item_has_are_refused(
    shelf: Shelf, given: dict[str, Any], field: list[str], message: str
) -> None:
    text = """mutation ($id: ID!, $input: InventoryItemInput!) { inventoryItemUpdate(id: $id, input: $input) {
      inventoryItem { id } userErrors { field message } } }"""
    payload = shelf.sandbox.data(text, {"id": shelf.item, "input": given})["inventoryItemUpdate"]
    assert payload == {"inventoryItem": None, "userErrors": [{"field": ["input", *field], "message": message}]}
    variant = {"id": shelf.variant, "inventoryItem": given}
    text = """mutation ($id: ID!, $variants: [ProductVariantsBulkInput!]!) {
      productVariantsBulkUpdate(productId: $id, variants: $variants) { userErrors { field message } } }"""
    payload = shelf.sandbox.data(text, {"id": shelf.product, "variants": [variant]})["productVariantsBulkUpdate"]
    assert payload["userErrors"] == [{"field": ["variants", "0", "inventoryItem", *field], "message": message}]


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
