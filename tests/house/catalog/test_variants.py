"""Several rows that are one product: variants come, go, change places and products, and keep what they are."""

from __future__ import annotations

from typing import Any

import pytest

from tests.house.catalog.shop import add, change, products, refusals, waits_for
from tests.house.house import House


def size(house: House, style: str, value: str, price: str = "10", **columns: Any) -> int:
    """A row that is a variant of a style; its SKU is made of both."""
    return add(house, f"{style}-{value}", style, price, style=style, option_name="Size", option_value=value, **columns)


def variants(house: House, title: str) -> dict[str, dict[str, Any]]:
    """The variants of a product, by the value of their options."""
    return {v["selectedOptions"][0]["value"]: v for v in products(house).get(title, {"variants": ()})["variants"]}


def wait_for(house: House, title: str, *values: str) -> dict[str, dict[str, Any]]:
    """Wait until a product has these variants, in this order; returns them."""
    house.wait_until(lambda: [*variants(house, title)] == [*values], f"{title} in {values}", 20)
    house.wait_quiet()
    return variants(house, title)


def test_rows_of_one_group_are_one_product_with_variants_and_stock_of_each(shop: House) -> None:
    with shop.connection.transaction():
        for value in ("S", "M", "L"):
            size(shop, "Group", value)
    shop.receive("Group-M", 2)
    found = wait_for(shop, "Group", "S", "M", "L")
    assert {v["sku"] for v in found.values()} == {"Group-S", "Group-M", "Group-L"}
    shop.wait_until(lambda: shop.offered().get("Group-M") == 2, "its stock")


def test_variants_come_and_go_and_the_others_stay_what_they_are(shop: House) -> None:
    with shop.connection.transaction():
        for value in ("S", "M"):
            size(shop, "Changing", value)
    first = wait_for(shop, "Changing", "S", "M")
    size(shop, "Changing", "L")
    second = wait_for(shop, "Changing", "S", "M", "L")
    shop.do("delete from warehouse.products where sku = 'Changing-S'")
    third = wait_for(shop, "Changing", "M", "L")
    assert first["M"]["id"] == second["M"]["id"] == third["M"]["id"]
    assert second["L"]["id"] == third["L"]["id"]


def test_an_option_value_that_is_renamed_leaves_the_variant_what_it_was(shop: House) -> None:
    with shop.connection.transaction():
        for value in ("S", "M"):
            size(shop, "Renamed", value)
    before = wait_for(shop, "Renamed", "S", "M")
    change(shop, "Renamed-S", option_value="Small")
    after = wait_for(shop, "Renamed", "Small", "M")
    assert after["Small"]["id"] == before["S"]["id"]
    assert after["Small"]["inventoryItem"]["id"] == before["S"]["inventoryItem"]["id"]


def test_an_option_that_is_renamed_leaves_the_variants_what_they_were(shop: House) -> None:
    with shop.connection.transaction():
        for value in ("S", "M"):
            size(shop, "Option", value)
    before = wait_for(shop, "Option", "S", "M")
    shop.do("update warehouse.products set option_name = 'Width' where style = 'Option'")
    shop.wait_until(lambda: products(shop)["Option"]["options"][0]["name"] == "Width", "the option's name")
    shop.wait_quiet()
    after = variants(shop, "Option")
    assert {k: v["id"] for k, v in after.items()} == {k: v["id"] for k, v in before.items()}


def test_a_row_made_anew_with_the_same_sku_and_options_is_the_same_variant_with_its_stock(shop: House) -> None:
    with shop.connection.transaction():
        for value in ("S", "M"):
            size(shop, "Anew", value)
    before = wait_for(shop, "Anew", "S", "M")
    with shop.connection.transaction():
        shop.do("delete from warehouse.products where sku = 'Anew-M'")
        size(shop, "Anew", "M")
    shop.receive("Anew-M", 3)
    shop.wait_until(lambda: shop.offered().get("Anew-M") == 3, "its stock")
    shop.wait_quiet()
    after = variants(shop, "Anew")
    assert {value: v["id"] for value, v in after.items()} == {value: v["id"] for value, v in before.items()}
    assert shop.value("select count(*) from sync.links where sku = 'Anew-M' and state = 'ok'") == 1


def test_two_products_swap_their_skus_in_one_transaction(shop: House) -> None:
    one, two = (add(shop, f"SWAP-{n}", f"Swap {n}", "5") for n in (1, 2))
    shop.receive("SWAP-1", 1)
    shop.receive("SWAP-2", 2)
    shop.wait_until(lambda: (shop.offered().get("SWAP-1"), shop.offered().get("SWAP-2")) == (1, 2), "the stock")
    shop.wait_quiet()
    before = {name: products(shop)[name]["variants"][0]["id"] for name in ("Swap 1", "Swap 2")}
    shop.do(
        "update warehouse.products set sku = case id when %s then 'SWAP-2' else 'SWAP-1' end where id in (%s, %s)",
        one, one, two,
    )  # fmt: skip

    def skus() -> list[str]:
        return [products(shop)[name]["variants"][0]["sku"] for name in ("Swap 1", "Swap 2")]

    shop.wait_until(lambda: skus() == ["SWAP-2", "SWAP-1"], "the SKUs")
    shop.wait_quiet()
    shop.wait_until(lambda: (shop.offered()["SWAP-2"], shop.offered()["SWAP-1"]) == (1, 2), "the stock")
    assert before == {name: products(shop)[name]["variants"][0]["id"] for name in ("Swap 1", "Swap 2")}


def test_a_product_is_split_into_two_and_joined_into_one(shop: House) -> None:
    """A variant cannot change its product in Shopify: what moves is made anew there, with its stock."""
    with shop.connection.transaction():
        for value in ("S", "M"):
            size(shop, "Whole", value)
    shop.receive("Whole-M", 3)
    before = wait_for(shop, "Whole", "S", "M")
    shop.do("update warehouse.products set style = 'Half', name = 'Half' where sku = 'Whole-M'")
    assert wait_for(shop, "Whole", "S")["S"]["id"] == before["S"]["id"]
    assert wait_for(shop, "Half", "M")["M"]["id"] != before["M"]["id"]
    shop.wait_until(lambda: shop.offered().get("Whole-M") == 3, "its stock")
    shop.do("update warehouse.products set style = 'Whole', name = 'Whole' where sku = 'Whole-M'")
    wait_for(shop, "Whole", "S", "M")
    waits_for(shop, "Half", status="ARCHIVED")
    shop.wait_quiet()
    shop.wait_until(lambda: variants(shop, "Whole")["M"]["inventoryQuantity"] == 3, "its stock")
    assert refusals(shop, "Whole-M") == []


def test_what_the_owner_has_added_stays(shop: House) -> None:
    with shop.connection.transaction():
        for value in ("S", "M"):
            size(shop, "Added", value)
    wait_for(shop, "Added", "S", "M")
    mutation = (
        "mutation($id: ID!, $variants: [ProductVariantsBulkInput!]!) { productVariantsBulkCreate(productId: $id, "
        "variants: $variants) { userErrors { message } } }"
    )
    given = [{"price": "3", "optionValues": [{"optionName": "Size", "name": "XL"}]}]
    shop.sandbox.data(mutation, {"id": products(shop)["Added"]["id"], "variants": given})
    size(shop, "Added", "L")
    found = wait_for(shop, "Added", "S", "M", "L", "XL")
    assert found["XL"]["price"] == "3.00"


@pytest.mark.long
def test_2048_variants_go_and_2049_are_refused(shop: House) -> None:
    insert = (
        "insert into warehouse.products (sku, name, price, style, option_name, option_value) "
        "select 'BIG-' || n, 'Big', 5, 'Big', 'Size', n::text from generate_series(%s::int, %s::int) as n"
    )
    shop.do(insert, 1, 2048)
    count = '{ products(first: 1, query: "title:Big") { nodes { variantsCount { count } } } }'

    def counted() -> int:
        nodes = shop.sandbox.data(count)["products"]["nodes"]
        return int(nodes[0]["variantsCount"]["count"]) if nodes else 0

    shop.wait_until(lambda: counted() == 2048, "2,048 variants", 150)
    shop.wait_quiet()
    assert shop.value("select count(*) from sync.links where sku like 'BIG-%%' and state = 'ok'") == 2048
    shop.do(insert, 2049, 2049)
    shop.wait_until(lambda: refusals(shop, "group:Big") == ["TOO_MANY_VARIANTS"], "the refusal")
    shop.do("delete from warehouse.products where sku = 'BIG-2049'")
    shop.wait_until(lambda: refusals(shop, "group:Big") == [], "no refusal")


def test_a_group_may_be_called_as_another_product_is(shop: House) -> None:
    key = add(shop, "ALONE", "Alone")
    add(shop, "STYLED", "Styled", style=str(key), option_name="Size", option_value="S")
    first, second = waits_for(shop, "Alone"), waits_for(shop, "Styled")
    shop.wait_quiet()
    assert first["id"] != second["id"]
    assert [refusals(shop, sku) for sku in ("ALONE", "STYLED")] == [[], []]
