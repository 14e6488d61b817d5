"""A shop's catalogue as its owner sees it."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from house.sandbox import Sandbox
from house.warehouse import Product

VARIANTS = """
query Variants($after: String) {
  productVariants(first: 250, after: $after) {
    nodes {
      id sku displayName barcode price compareAtPrice selectedOptions { name value }
      product { id title handle descriptionHtml productType tags variantsCount { count } }
      inventoryItem { tracked unitCost { amount } }
    }
    pageInfo { hasNextPage endCursor }
  }
}
"""


@dataclass(frozen=True)
class Variant:
    """A variant: its ids at Shopify, what it is called, whether it is tracked; and as a product of a warehouse."""

    id: str
    product_id: str
    title: str
    sku: str | None
    tracked: bool
    product: Product


def variants(sandbox: Sandbox) -> Iterator[Variant]:
    """All variants of the shop, page by page."""
    after: str | None = None
    while True:
        answer = sandbox.query(VARIANTS, {"after": after})
        page = answer["data"]["productVariants"]
        for n in page["nodes"]:
            yield Variant(
                n["id"], n["product"]["id"], n["displayName"], (n["sku"] or "").strip() or None,
                n["inventoryItem"]["tracked"], _product(n),
            )  # fmt: skip
        if not page["pageInfo"]["hasNextPage"]:
            return
        after = page["pageInfo"]["endCursor"]
        _wait_for_points(answer["extensions"]["cost"])


def _product(node: Mapping[str, Any]) -> Product:
    """What a warehouse would know of a variant; of its options the first, as the reference warehouse has one."""
    shown, cost = node["product"], node["inventoryItem"]["unitCost"]
    is_one_of_many = shown["variantsCount"]["count"] > 1
    option = node["selectedOptions"][0] if is_one_of_many else None
    return Product(
        (node["sku"] or "").strip() or None, shown["title"], node["price"], node["barcode"], shown["descriptionHtml"],
        shown["productType"], list(shown["tags"]), node["compareAtPrice"], cost and cost["amount"],
        shown["handle"] if is_one_of_many else None, option and option["name"], option and option["value"],
    )  # fmt: skip


def _wait_for_points(cost: Mapping[str, Any]) -> None:
    """Wait until the app has points for the same query again."""
    status = cost["throttleStatus"]
    time.sleep(max(0.0, (cost["requestedQueryCost"] - status["currentlyAvailable"]) / status["restoreRate"]))
