"""What no answer to a write shows: collections, sales channels, metafields, images that Shopify fetches later."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.house.catalog.shop import add, change, products, refusals, waits_for
from tests.house.catalog.test_conflicts import conflicts, edit, looked
from tests.house.house import House
from tests.sandbox.images import Images, serving

SET = """
mutation($metafields: [MetafieldsSetInput!]!) { metafieldsSet(metafields: $metafields) { userErrors { message } } }
"""
CHANNELS = "{ publications(first: 9) { nodes { id catalog { title } } } }"


@pytest.fixture(scope="module")
def images() -> Iterator[Images]:
    with serving() as server:
        yield server


def collection(shop: House, title: str, **more: Any) -> dict[str, Any]:
    """Somebody makes a collection in the shop, and a runner has looked."""
    made = shop.sandbox.control("POST", "/collections", {"title": title, **more})
    looked(shop)
    return dict(made)


def member_of(shop: House, title: str) -> list[str]:
    return sorted(c["handle"] for c in products(shop)[title]["collections"]["nodes"])


def test_collections_are_joined_and_left_by_title_or_handle(shop: House) -> None:
    for title in ("Winter coats", "Sale", "Owner's own"):
        collection(shop, title)
    add(shop, "COAT", "Coat", "99", collections=["winter coats", "sale"])
    waits_for(shop, "Coat")
    shop.wait_until(lambda: member_of(shop, "Coat") == ["sale", "winter-coats"], "both collections")
    shop.wait_quiet()
    # What the shop's owner has put it into is the owner's.
    own = shop.value("select collection_id from sync.collections where title = 'Owner''s own'")
    edit(shop, "Coat", collectionsToJoin=[f"gid://shopify/Collection/{own}"])
    looked(shop)
    change(shop, "COAT", collections=["Sale"])
    shop.wait_until(lambda: member_of(shop, "Coat") == ["owner-s-own", "sale"], "only one of ours")
    shop.wait_quiet()
    assert refusals(shop, "COAT") == []
    # Taken out of it in the shop: the warehouse wins, and it is logged.
    sale = shop.value("select collection_id from sync.collections where handle = 'sale'")
    edit(shop, "Coat", collectionsToLeave=[f"gid://shopify/Collection/{sale}"])
    looked(shop)
    shop.wait_until(lambda: "sale" in member_of(shop, "Coat"), "the collection again")
    (found,) = conflicts(shop, shop.value("select id from warehouse.products where sku = 'COAT'"))
    assert found == ("collections", ["sale"], ["sale"], [], "ours", "rule")


def test_a_collection_that_is_not_there_holds_back_nothing_else(shop: House) -> None:
    add(shop, "HAT", "Hat", "20", collections=["Hats"], product_type="Hat")
    waits_for(shop, "Hat", productType="Hat")
    shop.wait_quiet()
    assert refusals(shop, "HAT") == ["UNKNOWN_COLLECTION"]
    change(shop, "HAT", product_type="Headgear")
    waits_for(shop, "Hat", productType="Headgear")
    shop.wait_quiet()
    assert refusals(shop, "HAT") == ["UNKNOWN_COLLECTION"]
    collection(shop, "Hats")
    shop.wait_until(lambda: member_of(shop, "Hat") == ["hats"], "the collection")
    shop.wait_quiet()
    assert refusals(shop, "HAT") == []


def test_a_collection_with_rules_of_its_own_takes_no_products(shop: House) -> None:
    collection(shop, "Clever", smart=True)
    add(shop, "CLEVER", "Clever thing", "20", collections=["Clever"])
    waits_for(shop, "Clever thing")
    shop.wait_quiet()
    assert refusals(shop, "CLEVER") == ["UNKNOWN_COLLECTION"]


def test_an_image_that_cannot_be_fetched_is_told_and_goes_when_it_can(shop: House, images: Images) -> None:
    key = add(shop, "PIC", "Pictured", "20")
    show = "insert into warehouse.product_images (product, position, url) values (%s, %s, %s)"
    shop.do(show, key, 1, f"{images.url}/404.png")
    shop.do(show, key, 2, f"{images.url}/ok.png")
    shop.wait_until(lambda: len(waits_for(shop, "Pictured")["media"]) == 2, "two images")
    shop.wait_until(
        lambda: {m.get("status") for m in products(shop)["Pictured"]["media"]} == {"READY", "FAILED"}, "both"
    )
    looked(shop)
    assert refusals(shop, "PIC") == ["IMAGE_FAILED"]
    message = shop.value("select message from sync.open_refusals where class = 'IMAGE_FAILED'")
    assert "/404.png" in message
    # All else goes out, and the refusal stays; nothing is fetched again.
    asked = images.asked["/404.png"]
    change(shop, "PIC", price="21", product_type="Print")
    waits_for(shop, "Pictured", productType="Print")
    shop.wait_quiet()
    assert refusals(shop, "PIC") == ["IMAGE_FAILED"] and images.asked["/404.png"] == asked
    # Tried again it is fetched again.
    assert shop.shelfwire("refusals", "retry", "PIC").returncode == 0
    shop.wait_until(lambda: images.asked["/404.png"] > asked, "another try")
    shop.wait_quiet()
    shop.do(
        "update warehouse.product_images set url = %s where product = %s and position = 1", f"{images.url}/b.png", key
    )
    shop.wait_until(
        lambda: [m.get("status") for m in products(shop)["Pictured"]["media"]] == ["READY", "READY"], "two images", 20
    )
    looked(shop)
    assert refusals(shop, "PIC") == []
    # What the product has already is not fetched again.
    assert images.asked["/ok.png"] == 1


def test_a_metafield_that_somebody_has_edited_is_a_conflict(shop: House) -> None:
    key = add(shop, "META", "Meta", "20", edition_size=50)
    node = waits_for(shop, "Meta")
    looked(shop)
    edit(shop, "Meta", vendor="So that it was changed")
    field = {"ownerId": node["id"], "namespace": "warehouse", "key": "edition_size", "type": "number_integer"}
    shop.sandbox.data(SET, {"metafields": [{**field, "value": "51"}]})
    looked(shop)

    def size() -> str | None:
        found = products(shop)["Meta"]["metafields"]["nodes"]
        return next((m["value"] for m in found if m["key"] == "edition_size"), None)

    shop.wait_until(lambda: size() == "50", "the warehouse's value")
    assert conflicts(shop, key) == [("metafields.warehouse.edition_size", "50", "50", "51", "ours", "rule")]


def test_a_channel_that_is_no_longer_chosen_is_left(shop: House) -> None:
    named = {p["catalog"]["title"]: p["id"] for p in shop.sandbox.data(CHANNELS)["publications"]["nodes"]}
    first, second, *_ = sorted(named)
    follow = ("catalog", "follow", shop.sandbox.shop)

    def shown() -> int:
        return int(products(shop)["Channel"]["resourcePublicationsCount"]["count"])

    add(shop, "CHANNEL", "Channel", "20")
    waits_for(shop, "Channel")
    assert shop.shelfwire(*follow, "--publish", first, "--publish", second).returncode == 0
    shop.wait_until(lambda: shown() == 2, "both channels")
    shop.wait_quiet()
    assert shop.shelfwire(*follow, "--publish", first).returncode == 0
    shop.wait_until(lambda: shown() == 1, "one channel")
    shop.wait_quiet()
    looked(shop)
    assert shop.rows("select * from sync.field_conflicts where field = 'publications'") == []


def test_a_product_that_is_made_anew_is_in_its_collections_again(shop: House) -> None:
    collection(shop, "Lasting")
    add(shop, "ANEW", "Made anew", "20", collections=["Lasting"])
    node = waits_for(shop, "Made anew")
    shop.wait_until(lambda: member_of(shop, "Made anew") == ["lasting"], "the collection")
    shop.wait_quiet()
    shop.sandbox.data(
        "mutation($input: ProductDeleteInput!) { productDelete(input: $input) { userErrors { message } } }",
        {"input": {"id": node["id"]}},
    )
    change(shop, "ANEW", price="21")
    shop.wait_until(lambda: waits_for(shop, "Made anew")["id"] != node["id"], "another one")
    shop.wait_until(lambda: member_of(shop, "Made anew") == ["lasting"], "the collection again")
    shop.wait_quiet()


def test_a_collection_that_gets_another_title_keeps_its_products(shop: House) -> None:
    made = collection(shop, "Summer")
    add(shop, "SUMMER", "Summer dress", "20", collections=["Summer"])
    waits_for(shop, "Summer dress")
    shop.wait_until(lambda: member_of(shop, "Summer dress") == ["summer"], "the collection")
    shop.wait_quiet()
    number = shop.value("select collection_id from sync.collections where title = 'Summer'")
    assert made
    shop.sandbox.control("PATCH", f"/collections/{number}", {"title": "Summer sale"})
    looked(shop)
    shop.do("update warehouse.products set collections = '{Summertime}' where sku = 'SUMMER'")
    shop.wait_until(lambda: refusals(shop, "SUMMER") == ["UNKNOWN_COLLECTION"], "the refusal")
    shop.wait_quiet()
    assert member_of(shop, "Summer dress") == ["summer"]


def test_the_products_of_a_collection_are_sent_and_no_others(shop: House) -> None:
    for title in ("Ours", "Others"):
        collection(shop, f"{title} only")
        add(shop, f"ONLY-{title}", f"In {title}", "20", collections=[f"{title} only"], product_type="Thing")
    for title in ("Ours", "Others"):
        waits_for(shop, f"In {title}")
        shop.wait_until(lambda title=title: member_of(shop, f"In {title}") != [], "its collection")  # type: ignore[misc]
    shop.wait_quiet()
    for title in ("Ours", "Others"):
        edit(shop, f"In {title}", productType="Edited")
    done = shop.shelfwire("sync", "products", "--collection", "ours-only")
    assert done.returncode == 0 and "1 of 1." in done.stdout, done
    assert products(shop)["In Ours"]["productType"] == "Thing"
    unknown = shop.shelfwire("sync", "products", "--collection", "nothing")
    assert unknown.returncode == 1 and "has no collection 'nothing'" in unknown.stderr


def test_images_that_could_not_be_fetched_are_sent_once_more_by_a_run(shop: House, images: Images) -> None:
    key = add(shop, "AGAIN", "Again", "20")
    show = "insert into warehouse.product_images (product, position, url) values (%s, %s, %s)"
    shop.do(show, key, 1, f"{images.url}/410.png")
    waits_for(shop, "Again")
    shop.wait_until(lambda: [m.get("status") for m in products(shop)["Again"]["media"]] == ["FAILED"], "a failure")
    looked(shop)
    assert refusals(shop, "AGAIN") == ["IMAGE_FAILED"]
    asked = images.asked["/410.png"]
    done = shop.shelfwire("sync", "products", "--images")
    assert images.asked["/410.png"] > asked, done
