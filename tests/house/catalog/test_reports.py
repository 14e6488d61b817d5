"""What people see of the catalogue: why, plan, guard, views."""

from __future__ import annotations

import re

from tests.house.catalog.shop import add, change, refusals, waits_for
from tests.house.catalog.test_conflicts import edit, looked, rule
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
    assert "These products:" in planned and re.search(r"created +\d+ +PLANNED +title +- +Planned", planned), planned
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


def test_why_knows_a_product_by_its_handle_and_number_and_after_it_has_left(shop: House) -> None:
    key = add(shop, "WHOSE", "Whose", "5", handle="whose-it-is")
    number = waits_for(shop, "Whose")["id"].rsplit("/", 1)[1]
    shop.wait_quiet()
    for words in (("--handle", "whose-it-is"), ("--product", number), ("--product", str(key))):
        told = shop.shelfwire("why", *words).stdout
        assert told.startswith("4. In the catalogue of demo.myshopify.com: Whose") and "'whose-it-is'" in told, told
    shop.do("delete from warehouse.products where id = %s", key)
    waits_for(shop, "Whose", status="ARCHIVED")
    shop.wait_quiet()
    assert "has left the warehouse, and is ARCHIVED there" in shop.shelfwire("why", "--handle", "whose-it-is").stdout
    none = shop.shelfwire("why", "--handle", "nobodys")
    assert none.returncode == 2 and "handle 'nobodys'" in none.stderr
    assert shop.shelfwire("why", "WHOSE", "--handle", "whose-it-is").returncode == 2


def test_a_field_that_waits_for_a_person_is_shown_wherever_one_looks(shop: House) -> None:
    rule(shop, "productType", "manual")
    key = add(shop, "ASKED", "Asked", "5", product_type="Thing")
    waits_for(shop, "Asked")
    shop.wait_quiet()
    edit(shop, "Asked", productType="Edited")
    looked(shop)
    (open_,) = shop.rows("select kind, key, place, ours, theirs, cause from sync.open_conflicts where sku = 'ASKED'")
    assert open_ == {
        "kind": "catalog", "key": str(key), "place": "productType", "ours": "Thing", "theirs": "Edited",
        "cause": "a person has to decide",
    }  # fmt: skip
    shop.do("select sync.watch_alerts()")
    (alert,) = shop.rows("select message, remedy from sync.open_alerts where rule = 'conflict_open'")
    assert alert["message"] == "productType of product ASKED: a person has to decide."
    assert "1 field that both sides have changed" in shop.shelfwire("doctor").stdout
    number = shop.value("select id from sync.field_conflicts where outcome is null")
    told = shop.shelfwire("conflicts", "show", str(number)).stdout
    assert "theirs: Edited" in told and "outcome: open" in told, told
    assert shop.shelfwire("conflicts", "show", "999999").returncode == 2
    assert "1 conflicts are decided" in shop.shelfwire("conflicts", "resolve", "ours", "--field", "productType").stdout
    waits_for(shop, "Asked", productType="Thing")
    shop.do("select sync.watch_alerts()")
    assert shop.rows("select from sync.open_alerts where rule = 'conflict_open'") == []
    assert shop.rows("select from sync.open_conflicts where sku = 'ASKED'") == []
    rule(shop, "productType", "ours")


def test_a_price_that_waits_is_an_alert(shop: House) -> None:
    shop.do("update sync.catalogs set price_factor = 5")
    add(shop, "SLIPPED", "Slipped", "20")
    waits_for(shop, "Slipped")
    shop.wait_quiet()
    change(shop, "SLIPPED", price="2")
    shop.wait_until(lambda: refusals(shop, "SLIPPED") == ["UNUSUAL_PRICE"], "the refusal")
    shop.do("select sync.watch_alerts()")
    (alert,) = shop.rows("select severity, message from sync.open_alerts where rule = 'price_held'")
    assert alert["severity"] == "critical" and "2.00 instead of 20.00" in alert["message"]
    change(shop, "SLIPPED", price="19")
    shop.wait_until(lambda: refusals(shop, "SLIPPED") == [], "the end of it")
    shop.do("select sync.watch_alerts()")
    assert shop.rows("select from sync.open_alerts where rule = 'price_held'") == []
