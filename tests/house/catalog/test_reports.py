"""What people see of the catalogue: why, plan, guard, views."""

from __future__ import annotations

from tests.house.catalog.shop import add, change, waits_for
from tests.house.house import House


def test_why_tells_the_products_side(shop: House) -> None:
    add(shop, "WHY", "Why", "5", description="<p>because</p>")
    waits_for(shop, "Why")
    shop.wait_quiet()
    told = shop.shelfwire("why", "WHY").stdout
    for words in ("4. In the catalogue of demo.myshopify.com: Why", "descriptionHtml: '<p>because</p>'", "ProductSet",
                  "price of variant", "'5.00'"):  # fmt: skip
        assert words in told, told
    change(shop, "WHY", price="-1")
    shop.wait_until(lambda: "REFUSED BAD_PRICE" in shop.shelfwire("why", "WHY").stdout, "the refusal")


def test_a_plan_tells_what_would_be_made_and_changed(shop: House) -> None:
    shop.do("update sync.shops set mode = 'monitor'")
    add(shop, "PLANNED", "Planned", "5")
    planned = shop.shelfwire("plan").stdout
    assert "products" in planned and "created 1" in planned, planned
    shop.do("update sync.shops set mode = 'live'")
    shop.do("select sync.mark_shop(id) from sync.shops")
    waits_for(shop, "Planned")
    shop.wait_quiet()
    again = shop.shelfwire("plan").stdout
    assert "created 0" in again, again


def test_stock_waits_for_its_product_and_says_so(shop: House) -> None:
    shop.do("select sync.hold_kind(id, 'catalog', 'A test.') from sync.shops")
    add(shop, "WAITS", "Waits", "5")
    shop.receive("WAITS", 2)
    stage = "select stage from sync.pending_changes where sku = 'WAITS' and kind = 'inventory'"
    shop.wait_until(
        lambda: shop.rows(stage) == [{"stage": "waits for its product to be made"}], "the stock to be pending"
    )
    assert shop.shelfwire("guard", "release", "demo.myshopify.com", "--kind", "catalog").returncode == 0
    shop.wait_until(lambda: shop.offered().get("WAITS") == 2, "its stock")
    shop.wait_quiet()


def test_the_views_show_where_each_product_is(shop: House) -> None:
    add(shop, "VIEWS", "Views", "5")
    waits_for(shop, "Views")
    shop.wait_quiet()
    (row,) = shop.rows("select state, status, pending_since from sync.product_sync where title = 'Views'")
    assert row == {"state": "ok", "status": "ACTIVE", "pending_since": None}
    assert shop.rows("select * from sync.product_discrepancies where sku = 'VIEWS'") == []
