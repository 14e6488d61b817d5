"""A shop in which nothing is wrong, whole in the mirror."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.seeds import Shelf

CHANNEL = {"publication": {"id": "gid://shopify/Publication/9"}}
NOWHERE = {"nodes": [], "pageInfo": {"hasNextPage": False}}


def node(number: int, **product: Any) -> dict[str, Any]:
    """A product as Shopify shows it, with one variant; ``variant`` is what is otherwise of that."""
    variant = product.pop("variant", {})
    item = {"id": f"gid://shopify/InventoryItem/{2000 + number}", "tracked": True, **variant.pop("inventoryItem", {})}
    return {
        "id": f"gid://shopify/Product/{500 + number}",
        "title": f"Product {number}",
        "handle": f"product-{number}",
        "status": "ACTIVE",
        "tags": [],
        "updatedAt": "2026-11-01T00:00:00Z",
        "variants": {
            "nodes": [
                {
                    "id": f"gid://shopify/ProductVariant/{1000 + number}",
                    "sku": f"SKU-{number}",
                    "displayName": f"Product {number}",
                    "position": 1,
                    "price": "10.00",
                    "compareAtPrice": "12.00",
                    "barcode": f"BAR-{number}",
                    "selectedOptions": [],
                    **variant,
                    "inventoryItem": item,
                }
            ],
            "pageInfo": {"hasNextPage": False},
        },
        "media": {"nodes": [{"id": f"gid://shopify/MediaImage/{number}", "status": "READY", "mediaErrors": []}]},
        "metafields": {"nodes": []},
        "collections": {"nodes": [], "pageInfo": {"hasNextPage": False}},
        "resourcePublicationsV2": {"nodes": [CHANNEL], "pageInfo": {"hasNextPage": False}},
        **product,
    }


def show(shelf: Shelf, *nodes: dict[str, Any]) -> None:
    """Shopify shows products, with all that belongs to them."""
    tick, shown = shelf.tick(), json.dumps(nodes)
    shelf.connection.execute("select sync.record_products(%s, %s, %s::json)", (shelf.shop, tick, shown))
    shelf.connection.execute("select sync.record_parts(%s, %s, %s::json)", (shelf.shop, tick, shown))


@pytest.fixture
def sound(shelf: Shelf) -> Shelf:
    """Products 1 to 3, linked and in stock, each the one variant of a product that the shop shows as it should; the
    catalogue of the shop follows the warehouse."""
    keys = [shelf.product(f"SKU-{n}", 2) for n in (1, 2, 3)]
    assert keys == ["1", "2", "3"]
    show(shelf, *(node(n) for n in (1, 2, 3)))
    shelf.link()
    for key in keys:
        shelf.see(key, 11, 2)
    shelf.connection.execute(
        "insert into sync.catalogs (shop_id, publications) values (%(shop)s, '{9}'); "
        "insert into sync.product_links (shop_id, group_key, product_id, state) "
        "select shop_id, product_key, variant_id - 500, 'ok' from sync.links; "
        "insert into sync.catalog_variants (shop_id, variant_id, product_key, group_key) "
        "select shop_id, variant_id, product_key, product_key from sync.links; "
        "insert into sync.field_bases (shop_id, entity, key, ours, theirs, seen) "
        """select shop_id, 'product', product_key, '{"status": "ACTIVE"}', '{"status": "ACTIVE"}', '{}' """
        "from sync.links".replace("%(shop)s", str(shelf.shop)).encode()
    )
    shelf.settle()
    return shelf
