"""A product's way: made in the warehouse, it is in the shop with its stock; what changes there changes here."""

from __future__ import annotations

from tests.house.catalog.shop import add, change, price_of, products, refusals, waits_for
from tests.house.house import House

VARIANT = """
mutation($id: ID!, $input: [ProductVariantsBulkInput!]!) {
  productVariantsBulkCreate(productId: $id, variants: $input, strategy: PRESERVE_STANDALONE_VARIANT) {
    userErrors { message }
  }
}
"""


def test_a_new_product_is_made_with_its_stock(shop: House) -> None:
    add(
        shop,
        "TEE-S",
        "Tee",
        "19.90",
        description="<p>Soft.</p>",
        tags=["b", "A"],
        barcode="4006381333931",
        weight="0.2",
    )
    shop.receive("TEE-S", 3)
    shown = waits_for(shop, "Tee")
    (variant,) = shown["variants"]
    assert (variant["sku"], variant["price"], variant["barcode"]) == ("TEE-S", "19.90", "4006381333931")
    assert (shown["descriptionHtml"], shown["tags"]) == ("<p>Soft.</p>", ["A", "b"])
    assert variant["inventoryItem"]["measurement"]["weight"] == {"unit": "KILOGRAMS", "value": 0.2}
    shop.wait_until(lambda: shop.offered().get("TEE-S") == 3, "its stock")
    shop.wait_quiet()
    change(shop, "TEE-S", price="17.50", tags="{c}")
    shop.wait_until(lambda: price_of(shop, "TEE-S") == "17.50", "the price")
    assert waits_for(shop, "Tee", tags=["c"])
    shop.wait_quiet()
    assert refusals(shop, "TEE-S") == []


def test_what_says_the_same_costs_no_call(shop: House) -> None:
    key = add(shop, "SAME", "Same", "5", description="text")
    waits_for(shop, "Same")
    shop.wait_quiet()
    calls = shop.value("select count(*) from sync.calls")
    change(shop, "SAME", updated_at="now()", price="5.00")
    shop.do("update warehouse.products set name = name where id = %s", key)
    shop.do("select sync.mark_shop(id) from sync.shops")
    shop.wait_quiet()
    assert shop.value("select count(*) from sync.calls") == calls


def test_only_what_changed_is_sent(shop: House) -> None:
    add(shop, "ONLY", "Only", "5", description="text", product_type="Thing")
    waits_for(shop, "Only")
    shop.wait_quiet()
    last = "select max(id) from sync.requests"
    before = shop.value(last)
    change(shop, "ONLY", price="6")
    shop.wait_until(lambda: price_of(shop, "ONLY") == "6.00", "the price")
    change(shop, "ONLY", product_type="Other")
    waits_for(shop, "Only", productType="Other")
    sent = [r["variables"] for r in shop.rows("select variables from sync.requests where id > %s order by id", before)]
    assert [sorted(v) for v in sent] == [["productId", "variants"], ["product"]]
    assert sorted(sent[0]["variants"][0]) == ["id", "price"]
    assert sorted(sent[1]["product"]) == ["id", "productType"]


def test_a_product_that_leaves_is_archived_and_comes_back_with_its_identity(shop: House) -> None:
    key = add(shop, "GONE", "Gone", "5")
    shop.receive("GONE", 2)
    first = waits_for(shop, "Gone", status="ACTIVE")
    shop.wait_until(lambda: shop.offered().get("GONE") == 2, "its stock")
    shop.do("delete from warehouse.shipment_items where product_id = %s", key)
    shop.do("delete from warehouse.products where id = %s", key)
    waits_for(shop, "Gone", status="ARCHIVED")
    shop.wait_until(lambda: shop.offered().get("GONE") == 0, "no stock")
    shop.wait_quiet()
    shop.do("insert into warehouse.products (id, sku, name, price) values (%s, 'GONE', 'Gone', 5)", key)
    again = waits_for(shop, "Gone", status="ACTIVE")
    assert (again["id"], again["variants"][0]["id"]) == (first["id"], first["variants"][0]["id"])
    shop.receive("GONE", 4)
    shop.wait_until(lambda: shop.offered().get("GONE") == 4, "its stock again")


def test_a_product_deleted_in_shopifys_admin_is_made_anew(shop: House) -> None:
    add(shop, "DELETED", "Deleted", "5")
    first = waits_for(shop, "Deleted")
    shop.wait_quiet()
    shop.delete_in_shop("DELETED")
    assert "Deleted" not in products(shop)
    change(shop, "DELETED", price="6")
    again = waits_for(shop, "Deleted")
    assert again["id"] != first["id"]
    shop.wait_until(lambda: price_of(shop, "DELETED") == "6.00", "the price")


def test_an_answer_that_is_lost_makes_no_second_product(shop: House) -> None:
    shop.sandbox.fault(fault="drop_after", operation="productSet", times=1)
    add(shop, "ONCE", "Once", "5")
    waits_for(shop, "Once")
    shop.wait_quiet()
    query = '{ products(first: 9, query: "title:Once") { nodes { id } } }'
    assert len(shop.sandbox.data(query)["products"]["nodes"]) == 1
    assert shop.value("select count(*) from sync.requests where keys = array(select group_key from sync.product_links "
                      "where group_key = (select id::text from warehouse.products where sku = 'ONCE')) "
                      "and document = 'ProductSet' and state = 'applied'") == 1  # fmt: skip


def test_a_poisoned_product_leaves_the_others_through(shop: House) -> None:
    """I6."""
    names = [f"Many {n:02}" for n in range(30)]
    with shop.connection.cursor() as cursor:
        cursor.executemany(
            "insert into warehouse.products (sku, name, price) values (%s, %s, 5)",
            [(f"MANY-{n}", "x" * 256 if n == 13 else name) for n, name in enumerate(names)],
        )
    shop.wait_until(lambda: {*names} - {names[13]} <= {*products(shop)}, "29 products")
    shop.wait_quiet()
    assert refusals(shop, "MANY-13") == ["TEXT_TOO_LONG"]
    change(shop, "MANY-13", name="x" * 255)
    waits_for(shop, "x" * 255)
    shop.wait_quiet()
    assert refusals(shop, "MANY-13") == []


def test_a_metafield_is_defined_once_and_set(shop: House) -> None:
    add(shop, "TYPE", "Typed", "5", product_type="Thing")
    waits_for(shop, "Typed")
    change(shop, "TYPE", edition_size=5)
    metafield = {"namespace": "warehouse", "key": "edition_size", "type": "number_integer", "value": "5"}
    shop.wait_until(lambda: metafield in products(shop)["Typed"]["metafields"]["nodes"], "the metafield")
    change(shop, "TYPE", edition_size=None)
    shop.wait_until(lambda: metafield not in products(shop)["Typed"]["metafields"]["nodes"], "no metafield")


def test_what_somebody_has_just_made_in_the_shop_is_not_made_twice(shop: House) -> None:
    shop.add_in_shop("Already there", {"sku": "THERE-1"})
    assert shop.shelfwire("catalog", "look").returncode == 0
    there = products(shop)["Already there"]["id"]
    add(shop, "THERE-1", "Ours by now")
    assert waits_for(shop, "Ours by now")["id"] == there
    shop.wait_quiet()
    assert "Already there" not in products(shop)


def test_a_title_of_255_characters_goes_and_one_of_256_is_refused(shop: House) -> None:
    longest = "é" * 255
    add(shop, "LONGEST", longest)
    add(shop, "LONGER", f"{longest}x")
    waits_for(shop, longest)
    shop.wait_until(lambda: refusals(shop, "LONGER") == ["TEXT_TOO_LONG"], "the refusal")
    assert refusals(shop, "LONGEST") == []


def test_who_forgets_what_he_has_made_does_not_make_it_again(shop: House) -> None:
    """As after a re-install: a product bears its group's key as its custom id."""
    add(shop, None, "Without a SKU", "5", description="<p>one</p>")
    add(shop, "WITH-SKU", "With a SKU", "5")
    waits_for(shop, "Without a SKU")
    waits_for(shop, "With a SKU")
    shop.wait_quiet()
    made = products(shop)["Without a SKU"]
    # What the shop's owner has added stays, as the product is ours by what it bears.
    shop.sandbox.data(
        VARIANT, {"id": made["id"], "input": [{"optionValues": [{"optionName": "Title", "name": "Signed"}]}]}
    )
    before = {title: p["id"] for title, p in products(shop).items()}
    assert shop.shelfwire("catalog", "leave", shop.sandbox.shop).returncode == 0
    assert shop.shelfwire("catalog", "follow", shop.sandbox.shop, "--price-factor", "1000").returncode == 0
    shown = shop.shelfwire("catalog", "show").stdout
    assert "archive" in shown and "1,000" in shown, shown
    shop.do("update warehouse.products set description = '<p>two</p>' where name = 'Without a SKU'")
    waits_for(shop, "Without a SKU", descriptionHtml="<p>two</p>")
    shop.wait_quiet()
    assert {title: p["id"] for title, p in products(shop).items()} == before
    assert len(products(shop)["Without a SKU"]["variants"]) == 2
