"""What the shop has won is written into the warehouse, where the mapping names the column as writable."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.house.catalog.shop import add, change, products, waits_for
from tests.house.catalog.test_conflicts import edit, looked, rule
from tests.house.house import House

MAPPING = Path(__file__).parents[3] / "warehouses" / "reference" / "warehouse.toml"
WRITE = """writable = ["description", "tags", "price", "edition_size"]

[products.write]
product_type = "update warehouse.products set product_type = upper(%(value)s) where id = %(product)s"

[images]"""


@pytest.fixture(scope="module")
def writable(shop: House, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    path = tmp_path_factory.mktemp("mapping") / "warehouse.toml"
    path.write_text(MAPPING.read_text().replace("[images]", WRITE))
    done = shop.shelfwire("attach", "--map", str(path))
    assert done.returncode == 0, done
    for field in ("descriptionHtml", "tags", "productType"):
        rule(shop, field, "theirs")
    assert shop.shelfwire("rules", "set", "variant", "price", "newest").returncode == 0
    yield shop


def said(house: House, sku: str, column: str) -> Any:
    return house.value(f"select {column} from warehouse.products where sku = %s", sku)


def states(house: House, key: int) -> list[tuple[Any, ...]]:
    query = "select field, outcome, written_at is not null, write_error from sync.field_conflicts where key = %s"
    return [tuple(r.values()) for r in house.rows(f"{query} order by id", str(key))]


def test_what_the_shop_has_won_is_in_the_warehouse_and_comes_back_as_no_change(writable: House) -> None:
    house = writable
    key = add(house, "WON", "Won", "5", description="<p>ours</p>", tags=["a"], product_type="thing", edition_size=3)
    waits_for(house, "Won")
    house.wait_quiet()
    edit(house, "Won", descriptionHtml="<p>theirs</p>", tags=["b", "c"], productType="Edited")
    looked(house)
    house.wait_until(lambda: said(house, "WON", "description") == "<p>theirs</p>", "the description")
    house.wait_quiet()
    assert (said(house, "WON", "tags"), said(house, "WON", "product_type")) == (["b", "c"], "EDITED")
    assert sorted(states(house, key)) == [
        (field, "theirs", True, None) for field in ("descriptionHtml", "productType", "tags")
    ]
    writes = house.sandbox.stats()["mutations"]
    house.do("select sync.mark_shop(id) from sync.shops")
    house.wait_quiet()
    looked(house)
    # The statement's own spelling is not sent: by its rule the field is the shop's.
    assert house.sandbox.stats()["mutations"] == writes
    assert products(house)["Won"]["productType"] == "Edited"


def test_the_newest_wins_on_either_side(writable: House) -> None:
    house = writable
    add(house, "NEW", "Newest", "5")
    node = waits_for(house, "Newest")
    house.wait_quiet()
    (variant,) = node["variants"]
    house.wait_until(
        lambda: bool(house.value("select now() > %s::timestamptz + '1.1 s'", node["updatedAt"])), "a second"
    )
    house.sandbox.data(
        "mutation($product: ID!, $variants: [ProductVariantsBulkInput!]!) "
        "{ productVariantsBulkUpdate(productId: $product, variants: $variants) { userErrors { message } } }",
        {"product": node["id"], "variants": [{"id": variant["id"], "price": "7.5"}]},
    )
    looked(house)
    house.wait_until(lambda: float(said(house, "NEW", "price")) == 7.5, "the shop's price")
    house.wait_quiet()
    assert products(house)["Newest"]["variants"][0]["price"] == "7.50"
    change(house, "NEW", price="8")
    house.wait_until(lambda: products(house)["Newest"]["variants"][0]["price"] == "8.00", "the warehouse's price")
    house.wait_quiet()
    assert float(said(house, "NEW", "price")) == 8


def test_what_the_warehouse_refuses_or_holds_is_told_and_tried_again(writable: House) -> None:
    house = writable
    key = add(house, "HELD", "Held", "5", description="<p>ours</p>")
    waits_for(house, "Held")
    house.wait_quiet()
    edit(house, "Held", descriptionHtml="<p>theirs</p>")
    with house.connection.transaction():
        house.do("select from warehouse.products where id = %s for update", key)
        done = house.shelfwire("catalog", "look")
        assert done.returncode == 0
        other = "select count(*) from sync.field_conflicts where key = %s and write_error like '%%lock timeout%%'"
        house.wait_until(lambda: house.value(other, str(key)) == 1, "the write that could not be")
    assert house.shelfwire("conflicts", "list", "--name", "HELD").stdout.count("lock timeout") == 1
    house.wait_quiet()
    assert house.shelfwire("conflicts", "retry").returncode == 0
    assert said(house, "HELD", "description") == "<p>theirs</p>"
    assert states(house, key) == [("descriptionHtml", "theirs", True, None)]


def test_a_column_that_is_not_named_stays_as_it_is(writable: House) -> None:
    house = writable
    rule(house, "handle", "theirs")
    add(house, "PLAIN", "Plain", "5", handle="plain-thing")
    waits_for(house, "Plain", handle="plain-thing")
    house.wait_quiet()
    edit(house, "Plain", handle="other-thing")
    looked(house)
    house.wait_quiet()
    assert said(house, "PLAIN", "handle") == "plain-thing"
    assert products(house)["Plain"]["handle"] == "other-thing"
