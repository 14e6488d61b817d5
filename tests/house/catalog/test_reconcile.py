"""A pass over the whole catalogue finds what was edited behind our back, says why it is wrong, and puts it right."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from runner.catalog.reconcile import reconcile_products
from runner.db import Database
from runner.db import runs as db_runs
from runner.db import shops as db_shops
from runner.db.catalog import Comparison
from runner.shopify.shops import Shops
from tests.house.catalog.shop import add, change, price_of, products, waits_for
from tests.house.house import House

UPDATE = "mutation($product: ProductUpdateInput!) { productUpdate(product: $product) { userErrors { message } } }"
PRICES = """mutation($productId: ID!, $variants: [ProductVariantsBulkInput!]!) {
  productVariantsBulkUpdate(productId: $productId, variants: $variants) { userErrors { message } }
}"""


def reconciled(shop: House, *, correct: bool = True) -> Comparison:
    """A pass, as a run."""

    async def work() -> Comparison:
        async with Database.open(shop.dsn) as database, Shops.open(database, shop.settings) as shops:
            (found,) = await db_shops.shops(database)
            run = await db_runs.start_run(database, "sync_products", found.id)
            client = await shops.client(found.id)
            compared = await reconcile_products(
                database, client, found.id, run, lambda _done, _total: None, correct=correct
            )
            await db_runs.finish_run(database, run, None, None)
            return compared

    compared = asyncio.run(work())
    shop.wait_quiet()
    return compared


def correcting(shop: House, mode: str) -> None:
    shop.do("select sync.set_correction(id, 'catalog', %s) from sync.shops", mode)


def retitled(shop: House, title: str, to: str) -> None:
    shop.sandbox.data(UPDATE, {"product": {"id": products(shop)[title]["id"], "title": to}})


def repriced(shop: House, title: str, price: str) -> None:
    product = products(shop)[title]
    variants = [{"id": product["variants"][0]["id"], "price": price}]
    shop.sandbox.data(PRICES, {"productId": product["id"], "variants": variants})


def wrong(shop: House) -> set[tuple[Any, ...]]:
    query = "select key, entity, field, cause from sync.open_product_discrepancies"
    return {tuple(r.values()) for r in shop.rows(query)}


@pytest.fixture(params=["single calls", "bulk operation"], autouse=True)
def way(shop: House, request: pytest.FixtureRequest) -> str:
    """Read one by one, or all at once."""
    above = -1 if request.param == "bulk operation" else 1000
    shop.do("update sync.kinds set bulk_above = %s", above)
    # Nobody else finds it first: neither who looks for edits nor who looks for triggers that are off.
    shop.do("update sync.schedules set is_enabled = false where name in ('look_at_products', 'watch_alerts')")
    return str(request.param)


def test_each_edit_is_found_with_its_cause_and_corrected_once(shop: House, way: str) -> None:
    names = ["Titled", "Priced", "Gone", "Right"]
    names = [f"{name} {way}" for name in names]
    keys = {name: add(shop, f"R-{name}", name, "10") for name in names}
    for name in names:
        waits_for(shop, name)
    shop.wait_quiet()
    correcting(shop, "flag")
    titled, priced, gone, right = names
    assert reconciled(shop, correct=False).found == 0
    (said,) = shop.rows("select way from sync.runs order by id desc limit 1")
    assert said["way"].startswith(way)
    retitled(shop, titled, "Edited")
    repriced(shop, priced, "11")
    shop.delete_in_shop(f"R-{gone}")
    found = reconciled(shop, correct=False)
    assert (found.causes, found.marked) == ({"foreign edit": 2, "deleted": 1}, 0)
    assert wrong(shop) == {
        (str(keys[titled]), "product", "title", "foreign edit"),
        (str(keys[priced]), "variant", "price", "foreign edit"),
        (str(keys[gone]), "product", "", "deleted"),
    }
    assert "Edited" in products(shop)
    correcting(shop, "fix")
    found = reconciled(shop)
    assert found.marked == 3
    shown = products(shop)
    assert {titled, gone, right} <= set(shown)
    assert "Edited" not in shown
    assert price_of(shop, f"R-{priced}") == "10.00"
    assert wrong(shop) == set()
    again = reconciled(shop)
    assert (again.found, again.marked) == (0, 0)


def test_a_change_that_was_never_captured_is_found(shop: House, way: str) -> None:
    sku = f"R-MISSED {way}"
    add(shop, sku, f"Missed {way}", "10")
    waits_for(shop, f"Missed {way}")
    shop.wait_quiet()
    shop.do("alter table warehouse.products disable trigger user")
    change(shop, sku, name=f"Renamed {way}")
    shop.do("alter table warehouse.products enable trigger user")
    assert reconciled(shop, correct=False).causes == {"missed change": 1}
    reconciled(shop)
    waits_for(shop, f"Renamed {way}")
    assert wrong(shop) == set()


def test_what_a_rule_leaves_to_the_shop_is_no_fault(shop: House, way: str) -> None:
    add(shop, f"R-THEIRS {way}", f"Theirs {way}", "10")
    waits_for(shop, f"Theirs {way}")
    shop.wait_quiet()
    assert shop.shelfwire("rules", "set", "product", "title", "theirs").returncode == 0
    retitled(shop, f"Theirs {way}", f"Their own {way}")
    assert reconciled(shop, correct=False).found == 0
    assert shop.shelfwire("rules", "set", "product", "title", "ours").returncode == 0


def test_what_comes_right_by_itself_is_told_so(shop: House, way: str) -> None:
    key = add(shop, f"R-BACK {way}", f"Back {way}", "10")
    waits_for(shop, f"Back {way}")
    shop.wait_quiet()
    correcting(shop, "flag")
    repriced(shop, f"Back {way}", "12")
    assert reconciled(shop, correct=False).found >= 1
    repriced(shop, f"Back {way}", "10")
    assert reconciled(shop, correct=False).vanished >= 1
    assert str(key) not in {found[0] for found in wrong(shop)}
    correcting(shop, "fix")
