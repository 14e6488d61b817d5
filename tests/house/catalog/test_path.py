"""A product's way: made in the warehouse, it is in the shop with its stock; what changes there changes here."""

from __future__ import annotations

from tests.house.catalog.shop import add, change, products, waits_for
from tests.house.house import House


def test_a_new_product_is_made_with_its_stock(home: House) -> None:
    with home.runner():
        add(home, "TEE-S", "Tee", "19.90", description="<p>Soft.</p>", tags=["b", "A"], barcode="4006381333931")
        home.receive("TEE-S", 3)
        shown = waits_for(home, "Tee")
        (variant,) = shown["variants"]
        assert (variant["sku"], variant["price"], variant["barcode"]) == ("TEE-S", "19.90", "4006381333931")
        assert (shown["descriptionHtml"], shown["tags"]) == ("<p>Soft.</p>", ["A", "b"])
        home.wait_until(lambda: home.offered().get("TEE-S") == 3, "its stock")
        home.wait_quiet()
        change(home, "TEE-S", price="17.50")
        home.wait_until(lambda: products(home)["Tee"]["variants"][0]["price"] == "17.50", "the price")
        home.wait_quiet()
    assert home.rows("select * from sync.open_refusals") == []
