"""A whole shop, edited at random behind our back: one pass finds and corrects exactly that, the next finds nothing."""

from __future__ import annotations

import random
from typing import Any

import pytest

from tests.house.house import House, Open

# What the warehouse says is what the shop shows, to begin with.
SAME = """
update warehouse.products as p
set
  name = s.fields ->> 'title', description = s.fields ->> 'descriptionHtml', handle = s.fields ->> 'handle',
  product_type = s.fields ->> 'productType',
  tags = array(select jsonb_array_elements_text(s.fields -> 'tags')),
  price = (v.fields ->> 'price')::numeric, compare_at_price = (v.fields ->> 'compareAtPrice')::numeric,
  cost = (v.fields ->> 'cost')::numeric, barcode = v.fields ->> 'barcode',
  weight = (v.fields #>> '{weight,value}')::numeric
from sync.variants as v
join sync.products as s on s.shop_id = v.shop_id and s.product_id = v.product_id
where v.sku = p.sku
"""
TITLE = "mutation($product: ProductUpdateInput!) { productUpdate(product: $product) { userErrors { message } } }"
PRICE = """mutation($productId: ID!, $variants: [ProductVariantsBulkInput!]!) {
  productVariantsBulkUpdate(productId: $productId, variants: $variants) { userErrors { message } } }"""
DELETE = "mutation($input: ProductDeleteInput!) { productDelete(input: $input) { userErrors { message } } }"


@pytest.mark.long
@pytest.mark.parametrize("products", [100, pytest.param(20_000, marks=pytest.mark.timeout(3600))])
def test_one_pass_corrects_exactly_what_was_edited_and_the_next_finds_nothing(open_house: Open, products: int) -> None:
    house = open_house("--products", str(products), "--variants-per-product", "1", "--unlimited")
    house.do("update sync.kinds set bulk_above = -1")
    house.do("update sync.schedules set is_enabled = false where run_kind is not null or name = 'look_at_products'")
    with house.runner():
        assert house.shelfwire("import", "products").returncode == 0
        house.do(SAME)
        house.do("select sync.follow_catalog(id, p_price_factor => 1000) from sync.shops")
        house.do("update sync.guards set loss_share = 1, change_share = 1")
        house.do("select sync.mark_shop(id) from sync.shops")
        house.wait_quiet(900)
        assert house.rows("select * from sync.refusals") == []
        assert result(house, "sync", "products", "--full")["found"] == 0
        before = images(house)

        wrong, levels = edited(house, random.Random(1), max(3, products // 200))
        found = result(house, "sync", "products", "--full")
        house.wait_quiet(900)
        noted = house.rows("select entity, key, field from sync.field_discrepancies")
        assert {tuple(r.values()) for r in noted} == wrong
        assert found["found"] == len(wrong)
        result(house, "sync", "inventory")
        house.wait_quiet(900)
        noted = house.rows("select k.sku from sync.level_discrepancies as d join sync.links as k using (product_key)")
        assert {r["sku"] for r in noted} >= levels
        assert images(house) == before
        assert house.rows("select from sync.open_product_discrepancies") == []
        assert house.rows("select from sync.open_discrepancies") == []

        house.sandbox.reset_stats()
        assert result(house, "sync", "products", "--full")["found"] == 0
        assert result(house, "sync", "inventory")["found"] == 0
        house.wait_quiet()
        assert written(house) == 0


def result(house: House, *command: str) -> dict[str, Any]:
    """What came of the run that a command has asked for."""
    done = house.shelfwire(*command)
    assert done.returncode == 0, done
    query = "select * from sync.runs where kind = %s and requested_by not like 'schedule%%' order by id"
    run: dict[str, Any] = house.rows(query, "_".join(command[:2]))[-1]
    assert run["way"] is None or run["way"].startswith("bulk operation"), run["way"]
    return dict(run["result"])


def images(house: House) -> dict[str, tuple[Any, ...]]:
    """What the shop shows of each SKU: title, price, units on offer."""
    done = house.shelfwire("import", "products")
    assert done.returncode == 0, done
    offered = house.offered()
    rows = house.rows(
        "select v.sku, p.title, v.price from sync.remote_variants as v "
        "join sync.remote_products as p using (product_id)"
    )
    return {r["sku"]: (r["title"], r["price"], offered[r["sku"]]) for r in rows}


def edited(house: House, dice: random.Random, each: int) -> tuple[set[tuple[str, str, str]], set[str]]:
    """People and other apps change the shop; what of products is wrong by it, and whose levels."""
    rows = house.rows(
        "select p.id, p.sku, v.product_id, v.variant_id from warehouse.products as p "
        "join sync.variants as v using (sku) order by p.id"
    )
    chosen = dice.sample(rows, 5 * each)
    titled, priced, counted, deleted, made = (chosen[n::5] for n in range(5))
    for row in titled:
        house.sandbox.data(TITLE, {"product": {"id": gid(row), "title": f"Edited {row['id']}"}})
    for row in priced:
        variants = [{"id": f"gid://shopify/ProductVariant/{row['variant_id']}", "price": "0.77"}]
        house.sandbox.data(PRICE, {"productId": gid(row), "variants": variants})
    for row in counted:
        house.sandbox.edit(row["sku"], dice.randrange(1, 50))
    for row in (*deleted, *made):
        house.sandbox.data(DELETE, {"input": {"id": gid(row)}})
    for row in made:
        house.add_in_shop(f"Made anew {row['id']}", {"sku": row["sku"]})
    wrong = {("product", str(row["id"]), "title") for row in titled}
    wrong |= {("variant", str(row["id"]), "price") for row in priced}
    wrong |= {("product", str(row["id"]), "") for row in (*deleted, *made)}
    return wrong, {row["sku"] for row in counted}


def gid(row: dict[str, Any]) -> str:
    return f"gid://shopify/Product/{row['product_id']}"


def written(house: House) -> int:
    """Calls that may write to the shop, but for the mark that says who does, and starts of operations that read."""
    seen = house.sandbox.stats()
    harmless = sum(int(seen["by_operation"].get(name, 0)) for name in ("metafieldsSet", "bulkOperationRunQuery"))
    return int(seen["mutations"] - harmless)
