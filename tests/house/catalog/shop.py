"""A house whose shop follows the warehouse's catalogue, and the shop as its owner sees it."""

from __future__ import annotations

from typing import Any

from tests.house.house import House

PRODUCTS = """
query($after: String) {
  products(first: 50, after: $after, sortKey: ID) {
    nodes {
      id title descriptionHtml vendor productType handle status tags updatedAt seo { title description }
      options { name values }
      media(first: 50) { nodes { id alt ... on MediaImage { status } } }
      resourcePublicationsCount { count }
      collections(first: 20) { nodes { handle } }
      metafields(first: 20) { nodes { namespace key type value } }
      variants(first: 100) {
        nodes {
          id sku price compareAtPrice barcode taxable inventoryPolicy inventoryQuantity selectedOptions { name value }
          inventoryItem { id tracked requiresShipping unitCost { amount } measurement { weight { unit value } } }
        }
      }
    }
    pageInfo { hasNextPage endCursor }
  }
}
"""


def products(house: House) -> dict[str, dict[str, Any]]:
    """What the shop shows, by title; ``variants`` and ``media`` are lists."""
    found: dict[str, dict[str, Any]] = {}
    after = None
    while True:
        page = house.sandbox.data(PRODUCTS, {"after": after})["products"]
        for node in page["nodes"]:
            found[node["title"]] = {**node, "variants": node["variants"]["nodes"], "media": node["media"]["nodes"]}
        if not page["pageInfo"]["hasNextPage"]:
            return found
        after = page["pageInfo"]["endCursor"]


def add(house: House, sku: str | None, name: str, price: str | None = "10", **columns: Any) -> int:
    """Add a product to the warehouse; returns its key."""
    given = {"sku": sku, "name": name, "price": price, **columns}
    names = ", ".join(given)
    return int(
        house.value(
            f"insert into warehouse.products ({names}) values ({', '.join(['%s'] * len(given))}) returning id",
            *given.values(),
        )
    )


def change(house: House, sku: str, **columns: Any) -> None:
    """Change a product of the warehouse."""
    wanted = ", ".join(f"{name} = %s" for name in columns)
    house.do(f"update warehouse.products set {wanted} where sku = %s", *columns.values(), sku)


def waits_for(house: House, title: str, **fields: Any) -> dict[str, Any]:
    """Wait until the shop shows a product with these fields; returns it."""

    def is_shown() -> bool:
        shown = products(house).get(title)
        return shown is not None and all(shown[name] == value for name, value in fields.items())

    house.wait_until(is_shown, f"{title} with {fields}", 20)
    return products(house)[title]


def price_of(house: House, sku: str) -> str | None:
    """What the shop asks for a SKU."""
    variants = (v for product in products(house).values() for v in product["variants"])
    return next((v["price"] for v in variants if v["sku"] == sku), None)


def refusals(house: House, name: str) -> list[str]:
    """Classes of what is refused of a product's catalogue, by its SKU or the key of its group."""
    query = "select class from sync.open_refusals where kind = 'catalog' and %s in (sku, key) order by 1"
    return [r["class"] for r in house.rows(query, name)]
