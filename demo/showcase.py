"""A product's life in the demo: made, regrouped, repriced, shown, archived, restored; and edited in the shop."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

from house.core import House

PATIENCE = 30.0
PAUSE = 0.01

SHOWN = """
query($query: String) {
  products(first: 5, query: $query) {
    nodes {
      id status productType media(first: 9) { nodes { id } }
      variants(first: 9) { nodes { sku price inventoryQuantity } }
    }
  }
}
"""
EDIT = "mutation($product: ProductUpdateInput!) { productUpdate(product: $product) { userErrors { message } } }"

NAME = "Limited print"
ADD = (
    "insert into warehouse.products (sku, name, price, product_type, style, option_name, option_value) "
    "values (%s, %s, 40, 'Prints', %s, %s, %s)"
)


def shown(house: House) -> dict[str, Any]:
    """The product as the shop shows it; empty while it does not."""
    nodes = house.sandbox.data(SHOWN, {"query": f'title:"{NAME}"'})["products"]["nodes"]
    return dict(nodes[0]) if nodes else {}


def live(house: House) -> Iterator[str]:
    """Do it, step by step; yields what happened and how long it took to be seen in the shop."""
    key = "select id from warehouse.products where sku = 'PRINT-A3'"

    def step(what: str, condition: Callable[[dict[str, Any]], Any], *statements: tuple[Any, ...]) -> str:
        begun = time.monotonic()
        with house.connection.transaction():
            for statement in statements:
                house.do(*statement)
        house.wait_until(lambda: bool(condition(shown(house))), what, PATIENCE, PAUSE)
        return f"{what}: seen in the shop after {time.monotonic() - begun:.2f} s"

    def prices(product: dict[str, Any]) -> list[tuple[str, str]]:
        return [(v["sku"], v["price"]) for v in product.get("variants", {"nodes": ()})["nodes"]]

    yield step(
        "made, with two units in stock",
        lambda p: prices(p) and p["variants"]["nodes"][0]["inventoryQuantity"] == 2,
        (ADD, "PRINT-A3", NAME, "print", "Size", "A3"),
        (
            "insert into warehouse.shipment_items (shipment_id, product_id, location_id, status) "
            f"select 1, ({key}), 1, 'received' from generate_series(1, 2)",
        ),
    )
    yield step("a second size joins it", lambda p: len(prices(p)) == 2, (ADD, "PRINT-A2", NAME, "print", "Size", "A2"))
    yield step(
        "repriced", lambda p: ("PRINT-A2", "55.00") in prices(p),
        ("update warehouse.products set price = 55 where sku = 'PRINT-A2'",),
    )  # fmt: skip
    yield step(
        "given an image", lambda p: p["media"]["nodes"],
        (f"insert into warehouse.product_images values (({key}), 1, 'https://example.com/print.jpg', 'The print')",),
    )  # fmt: skip
    house.wait_quiet(PATIENCE)
    rows = house.rows("select * from warehouse.products where style = 'print' order by id")
    units = house.rows(f"select * from warehouse.shipment_items where product_id = ({key})")
    yield step(
        "archived, as it leaves the warehouse", lambda p: p["status"] == "ARCHIVED",
        (f"delete from warehouse.shipment_items where product_id = ({key})",),
        ("delete from warehouse.products where style = 'print'",),
    )  # fmt: skip
    house.wait_quiet(PATIENCE)
    yield step(
        "restored, as it comes back", lambda p: p["status"] == "ACTIVE",
        *(_insert("products", row) for row in rows), *(_insert("shipment_items", row) for row in units),
    )  # fmt: skip
    house.wait_quiet(PATIENCE)
    # Shopify's times have no fractions: an edit in the second of our own write would look like it.
    time.sleep(1.0)
    house.sandbox.data(EDIT, {"product": {"id": shown(house)["id"], "productType": "Posters"}})
    yield f"somebody edits it in the shop's admin; shelfwire catalog look: {house.command('catalog', 'look').strip()}"
    house.wait_until(lambda: shown(house)["productType"] == "Prints", "the warehouse's value again", PATIENCE, PAUSE)


def _insert(table: str, row: dict[str, Any]) -> tuple[Any, ...]:
    """The statement that puts a row back as it was."""
    names = ", ".join(row)
    return (f"insert into warehouse.{table} ({names}) values ({', '.join(['%s'] * len(row))})", *row.values())
