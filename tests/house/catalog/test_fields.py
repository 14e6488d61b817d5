"""What a product's fields may hold: texts of every kind, prices of every size; and what is refused, with the remedy."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.house.catalog.shop import add, change, price_of, products, refusals, waits_for
from tests.house.catalog.test_conflicts import MAPPING
from tests.house.house import House


@pytest.mark.parametrize(
    "text",
    ["Ünïcødé ß 漢字", "👩‍👩‍👧 emoji 🧵", "עברית مرحبا", "<b>bold</b> & \"quoted\" 'x'", "%s $1 \\n {{x}}"],
)
def test_texts_of_every_kind_arrive_as_they_are(shop: House, text: str) -> None:
    add(
        shop,
        f"TEXT-{hash(text)}",
        text,
        "5",
        description=f"<p>{text}</p>",
        product_type=text,
        tags=[text.replace(",", "")],
    )
    shown = waits_for(shop, text)
    assert (shown["descriptionHtml"], shown["productType"], shown["tags"]) == (f"<p>{text}</p>", text, [text])


@pytest.mark.parametrize(("price", "shown"), [("10000000", "10000000.00"), ("0.3", "0.30"), ("19.9", "19.90")])
def test_prices_arrive_with_the_digits_of_the_currency(shop: House, price: str, shown: str) -> None:
    add(shop, f"PRICE-{price}", f"Price {price}", price)
    waits_for(shop, f"Price {price}")
    assert price_of(shop, f"PRICE-{price}") == shown


def test_what_would_be_refused_is_refused_by_us_with_the_remedy(shop: House) -> None:
    add(shop, "FREE", "No price", None)
    add(shop, "CONTROL", "Bell\x07", "5")
    add(shop, "BLANK", " ", "5")
    add(shop, "NEGATIVE", "Negative", "-1")
    shop.wait_until(lambda: refusals(shop, "NEGATIVE") == ["BAD_PRICE"], "the refusals")
    shop.wait_quiet()
    found = {sku: refusals(shop, sku) for sku in ("FREE", "CONTROL", "BLANK")}
    assert found == {"FREE": ["NO_PRICE"], "CONTROL": ["CONTROL_CHARACTER"], "BLANK": ["TITLE_MISSING"]}
    listed = shop.shelfwire("refusals", "list", "--json").stdout
    assert "Give the product a price in the warehouse" in listed
    assert shop.rows("select from sync.requests where variables::text like '%%Bell%%'") == []


def test_a_handle_that_is_taken_is_refused_and_goes_when_it_is_free(shop: House) -> None:
    key = add(shop, "HANDLE", "Handle", "5")
    first = waits_for(shop, "Handle")
    shop.do("update warehouse.products set name = 'Handle' where id = %s", key)
    shop.wait_quiet()
    assert first["handle"] == "handle"
    # Two products of one title: the second gets a number, as Shopify has it.
    add(shop, "HANDLE-2", "Handle", "5")
    shop.wait_until(
        lambda: bool(shop.rows("select from sync.field_bases where seen ->> 'handle' = 'handle-1'")), "the second"
    )


def test_a_price_that_slips_a_digit_waits_until_somebody_says_it_is_right(shop: House) -> None:
    shop.do("select sync.follow_catalog(id, p_price_factor => 5) from sync.shops")
    add(shop, "SLIP", "Slip", "199.00")
    waits_for(shop, "Slip")
    shop.wait_quiet()
    change(shop, "SLIP", price="1.99")
    shop.wait_until(lambda: refusals(shop, "SLIP") == ["UNUSUAL_PRICE"], "the refusal")
    shop.wait_quiet()
    assert price_of(shop, "SLIP") == "199.00"
    done = shop.shelfwire("refusals", "retry", "SLIP")
    assert done.returncode == 0, done
    shop.wait_until(lambda: price_of(shop, "SLIP") == "1.99", "the price")
    shop.wait_quiet()
    assert refusals(shop, "SLIP") == []
    shop.do("select sync.follow_catalog(id, p_price_factor => 1000) from sync.shops")


def test_a_shop_in_monitor_is_written_nothing(shop: House) -> None:
    """I13."""
    shop.do("update sync.shops set mode = 'monitor'")
    add(shop, "MONITOR", "Monitor", "5")
    shop.wait_until(
        lambda: bool(shop.rows("select from sync.product_shadows where document = 'ProductSet'")), "a shadow"
    )
    shop.wait_quiet()
    assert "Monitor" not in products(shop)
    shop.do("update sync.shops set mode = 'live'")
    shop.do("select sync.mark_shop(id) from sync.shops")
    waits_for(shop, "Monitor")


def test_a_product_for_which_shopify_answers_with_an_error_stops_no_other(shop: House, tmp_path: Path) -> None:
    """What is wrong with a category is no user error at Shopify: the whole document fails (I16)."""
    path = tmp_path / "warehouse.toml"
    path.write_text(MAPPING.read_text().replace('handle = "handle"', 'category = "handle"'))
    assert shop.shelfwire("attach", "--map", str(path)).returncode == 0
    add(shop, "POISON", "Poisoned", handle="zz-1")
    add(shop, "MISSPELT", "Misspelt", handle="Shoes")
    for n in range(5):
        add(shop, f"SOUND-{n}", f"Sound {n}", handle="aa-1-2")
    for n in range(5):
        waits_for(shop, f"Sound {n}")
    shop.wait_until(lambda: refusals(shop, "POISON") != [], "the refusal")
    assert refusals(shop, "MISSPELT") == ["BAD_CATEGORY"]
    shop.wait_quiet()
    assert shop.rows("select from sync.circuits where state <> 'closed'") == []
    # A change of another goes out while the poisoned one is refused.
    change(shop, "SOUND-0", price="11")
    shop.wait_until(lambda: price_of(shop, "SOUND-0") == "11.00", "the price")
    change(shop, "POISON", handle="aa-1")
    waits_for(shop, "Poisoned")
    shop.wait_quiet()
    assert refusals(shop, "POISON") == []
