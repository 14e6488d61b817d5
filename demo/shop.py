"""The demo's shop, as its owner and its visitors use it: over HTTP, at the sandbox."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from demo.process import DemoError

API = "/admin/api/2026-10/graphql.json"

VARIANTS = """
query Variants($after: String) {
  productVariants(first: 250, after: $after) {
    nodes { id sku displayName barcode price product { id } inventoryItem { tracked } }
    pageInfo { hasNextPage endCursor }
  }
}
"""
UPDATE = """
mutation Update($product: ID!, $variants: [ProductVariantsBulkInput!]!) {
  productVariantsBulkUpdate(productId: $product, variants: $variants) { userErrors { field message } }
}
"""


@dataclass(frozen=True)
class Variant:
    """A variant as its owner sees it."""

    id: str
    product_id: str
    title: str
    sku: str | None
    tracked: bool
    price: str
    barcode: str | None


class Shop:
    """The sandbox's shop: its Admin API with the owner's token, and the sandbox's own controls."""

    def __init__(self, url: str, token: str) -> None:
        self._http = httpx.Client(base_url=url, headers={"X-Shopify-Access-Token": token}, timeout=30)

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def variants(self) -> list[Variant]:
        """All variants."""
        found: list[Variant] = []
        after: str | None = None
        while True:
            page = self._execute(VARIANTS, {"after": after})["productVariants"]
            found += [
                Variant(
                    n["id"], n["product"]["id"], n["displayName"], (n["sku"] or "").strip() or None,
                    n["inventoryItem"]["tracked"], n["price"], n["barcode"],
                )
                for n in page["nodes"]
            ]  # fmt: skip
            if not page["pageInfo"]["hasNextPage"]:
                return found
            after = page["pageInfo"]["endCursor"]

    def update(self, variants: Mapping[Variant, Mapping[str, Any]]) -> None:
        """Change inventory items, as the owner does in the admin's bulk editor: ``sku``, ``tracked``."""
        by_product: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for variant, item in variants.items():
            by_product[variant.product_id].append({"id": variant.id, "inventoryItem": dict(item)})
        for product, some in by_product.items():
            errors = self._execute(UPDATE, {"product": product, "variants": some})["productVariantsBulkUpdate"][
                "userErrors"
            ]
            if errors:
                raise DemoError(f"Shopify did not take the owner's changes: {errors[0]['message']}")

    def fault(self, **fault: Any) -> None:
        """Switch on a fault; see the sandbox's documentation."""
        self._control("POST", "/faults", fault)

    def clear_faults(self) -> None:
        """Switch off all faults."""
        self._control("DELETE", "/faults")

    def bucket(self, capacity: int | None = None, restore_rate: int | None = None) -> None:
        """Give the shop a bucket of this size, full; without a size, none."""
        self._control("PUT", "/bucket", {"capacity": capacity, "restore_rate": restore_rate})

    def order(self, sku: str, quantity: int) -> int:
        """Someone buys, at the shop; returns the order's number."""
        return int(self._control("POST", "/orders", {"lines": [{"sku": sku, "quantity": quantity}]})["id"])

    def cancel(self, order: int) -> None:
        """The order is called off: its units are available again."""
        self._control("POST", f"/orders/{order}/cancel")

    def edit(self, sku: str, available: int) -> None:
        """Someone types another number into the admin."""
        self._control("POST", "/levels", {"sku": sku, "available": available})

    def offered(self) -> dict[tuple[str, int], int]:
        """Units the shop offers, by SKU and location."""
        return {
            (level["sku"], int(level["location_id"].rsplit("/", 1)[1])): level["available"]
            for level in self.levels()
            if level["sku"]
        }

    def available(self) -> dict[str, int]:
        """Units the shop offers, by SKU, over all its locations."""
        total: dict[str, int] = defaultdict(int)
        for level in self.levels():
            if level["sku"]:
                total[level["sku"]] += level["available"]
        return total

    def levels(self) -> list[dict[str, Any]]:
        """Every level: its ids and SKU, its numbers, and when it was set (``available_at``, seconds since 1970)."""
        found: list[dict[str, Any]] = self._control("GET", "/state")["levels"]
        return found

    def stats(self) -> dict[str, Any]:
        """What the sandbox counted."""
        found: dict[str, Any] = self._control("GET", "/stats")
        return found

    def reset_stats(self) -> None:
        """Let the sandbox count anew."""
        self._control("POST", "/stats/reset")

    def _control(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        answer = self._http.request(method, f"/_sandbox{path}", json=body).raise_for_status()
        return answer.json() if answer.content else None

    def call(self, query: str, variables: Mapping[str, Any]) -> dict[str, Any]:
        """What the Admin API answers, errors and cost included."""
        answer: dict[str, Any] = (
            self._http.post(API, json={"query": query, "variables": variables}).raise_for_status().json()
        )
        return answer

    def _execute(self, query: str, variables: Mapping[str, Any]) -> dict[str, Any]:
        answer = self.call(query, variables)
        if "errors" in answer:
            raise DemoError(f"Shopify answered: {answer['errors'][0]['message']}")
        data: dict[str, Any] = answer["data"]
        return data
