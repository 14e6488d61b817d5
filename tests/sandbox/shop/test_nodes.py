"""Any object by its id."""

from __future__ import annotations

from tests.sandbox.conftest import Shelf

MISSING = "gid://shopify/Product/404"


def test_nodes_answer_in_order_with_null_for_what_is_not_there(shelf: Shelf) -> None:
    level = shelf.sandbox.level(shelf.sku)
    ids = [level["inventory_item_id"], MISSING, level["location_id"], "gid://shopify/Order/1"]
    text = "query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }"
    nodes = shelf.sandbox.data(text, {"ids": ids})["nodes"]
    assert nodes == [
        {"__typename": "InventoryItem", "id": ids[0]},
        None,
        {"__typename": "Location", "id": ids[2]},
        None,
    ]
