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
    nodes { id sku displayName barcode price product { id } inventoryItem { tracked } }
    pageInfo { hasNextPage endCursor }
  }
}
"""


@dataclass(frozen=True)
class Variant:
    """A variant: its ids at Shopify, what it is called and costs, whether its quantity is tracked."""

    id: str
    product_id: str
    title: str
    sku: str | None
    tracked: bool
    price: str
    barcode: str | None

    @property
    def product(self) -> Product:
        """What a warehouse would know of it."""
        return Product(self.sku, self.title, self.price, self.barcode)


def variants(sandbox: Sandbox) -> Iterator[Variant]:
    """All variants of the shop, page by page."""
    after: str | None = None
    while True:
        answer = sandbox.query(VARIANTS, {"after": after})
        page = answer["data"]["productVariants"]
        for n in page["nodes"]:
            yield Variant(
                n["id"], n["product"]["id"], n["displayName"], (n["sku"] or "").strip() or None,
                n["inventoryItem"]["tracked"], n["price"], n["barcode"],
            )  # fmt: skip
        if not page["pageInfo"]["hasNextPage"]:
            return
        after = page["pageInfo"]["endCursor"]
        _wait_for_points(answer["extensions"]["cost"])


def _wait_for_points(cost: Mapping[str, Any]) -> None:
    """Wait until the app has points for the same query again."""
    status = cost["throttleStatus"]
    time.sleep(max(0.0, (cost["requestedQueryCost"] - status["currentlyAvailable"]) / status["restoreRate"]))
