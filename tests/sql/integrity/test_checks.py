"""Each check finds what is broken, exactly, and nothing in a shop that is sound."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.seeds import Shelf, rows
from tests.sql.integrity.conftest import NOWHERE, node, show

Break = Callable[[Shelf], None]


def shows(number: int, **product: Any) -> Break:
    """The shop shows one of its products otherwise."""
    return lambda shelf: show(shelf, node(number, **product))


def does(statement: str) -> Break:
    """Something is done in the database."""

    def do(shelf: Shelf) -> None:
        shelf.connection.execute(statement.replace("SHOP", str(shelf.shop)).encode())

    return do


def doubled(shelf: Shelf, **variant: Any) -> None:
    show(shelf, node(4, variant=variant), node(5, variant=variant))


FAILED = {"id": "gid://shopify/MediaImage/2", "status": "FAILED", "mediaErrors": [{"message": "No such image."}]}
# Check, what breaks the shop, and what is found of it: subject, key, target.
BROKEN: list[tuple[str, Break, list[tuple[str, str, str | None]]]] = [
    (
        "variant_without_product",
        does("delete from sync.products where product_id = 502"),
        [("variant", "1002", None)],
    ),
    ("price_zero", shows(2, variant={"price": "0.00", "compareAtPrice": None}), [("variant", "1002", None)]),
    ("price_missing", shows(2, variant={"price": None}), [("variant", "1002", None)]),
    ("price_negative", shows(2, variant={"price": "-1.00"}), [("variant", "1002", None)]),
    ("compare_at_below_price", shows(2, variant={"compareAtPrice": "9.99"}), [("variant", "1002", None)]),
    ("sku_duplicate", lambda shelf: doubled(shelf, sku="TWICE"), [("sku", "TWICE", None)]),
    ("sku_blank", shows(4, variant={"sku": " "}), [("variant", "1004", None)]),
    ("barcode_duplicate", lambda shelf: doubled(shelf, barcode="TWICE"), [("barcode", "TWICE", None)]),
    ("barcode_blank", shows(2, variant={"barcode": None}), [("variant", "1002", None)]),
    ("product_not_active", shows(2, status="ARCHIVED"), [("product", "502", "2")]),
    ("product_unpublished", shows(2, resourcePublicationsV2=NOWHERE), [("product", "502", "2")]),
    ("image_failed", shows(4, media={"nodes": [FAILED]}), [("product", "504", None)]),
    (
        "link_gone",
        does("delete from sync.variants where variant_id = 1002; "
             "delete from sync.catalog_variants where variant_id = 1002"),
        [("link", "2", "2")],
    ),
    (
        "product_link_gone",
        does("insert into sync.product_links (shop_id, group_key, product_id, state) values (SHOP, '9', 599, 'ok')"),
        [("link", "9", "9")],
    ),
    (
        "variant_linked_twice",
        does("update sync.catalog_variants set product_key = '3' where variant_id = 1002"),
        [("variant", "1002", None)],
    ),
    ("item_untracked", shows(2, variant={"inventoryItem": {"tracked": False}}), [("variant", "1002", None)]),
    (
        "level_unmapped",
        does("insert into sync.levels (shop_id, inventory_item_id, location_id, available, seen_at, seen_tick) "
             "values (SHOP, 2002, 13, 4, now(), 1)"),
        [("location", "13", None)],
    ),
    (
        "stock_unknown",
        does("alter table warehouse.shipment_items drop constraint shipment_items_product_id_fkey; "
             "insert into warehouse.shipment_items (shipment_id, product_id, location_id, status) "
             "values (1, 77, 1, 'received')"),
        [("stock", "77", None)],
    ),
]  # fmt: skip
# What is wrong with it as well, by nature.
ALSO = {"variant_without_product": {"product_link_gone"}}


def found(shelf: Shelf) -> dict[str, list[tuple[str, str, str | None]]]:
    """What each check finds, run by all of them."""
    issues: dict[str, list[tuple[str, str, str | None]]] = {}
    for check in rows(shelf.connection, "select name from sync.integrity_checks order by name"):
        (ran,) = rows(shelf.connection, "select * from sync.run_check(%s, %s)", shelf.shop, check["name"])
        assert ran["error"] is None, check
    for row in rows(shelf.connection, "select * from sync.integrity_issues order by check_name, subject, key"):
        issues.setdefault(row["check_name"], []).append((row["subject"], row["key"], row["target"]))
        assert row["message"] and row["remedy"] and row["name"], row
    return issues


def test_nothing_is_found_in_a_sound_shop_nor_in_one_of_which_only_stock_was_read(sound: Shelf) -> None:
    assert found(sound) == {}
    sound.connection.execute(
        "update sync.variants set fields = null, options = null, position = null; delete from sync.products; "
        "delete from sync.product_links; delete from sync.catalog_variants"
    )
    assert found(sound) == {}


@pytest.mark.parametrize(("check", "break_", "expected"), BROKEN, ids=[check for check, *_ in BROKEN])
def test_a_check_finds_what_is_broken_and_no_other_does(
    sound: Shelf, check: str, break_: Break, expected: list[tuple[str, str, str | None]]
) -> None:
    break_(sound)
    issues = found(sound)
    assert issues.pop(check) == expected
    assert set(issues) == ALSO.get(check, set())


def test_every_check_is_tried(shelf: Shelf) -> None:
    names = {r["name"] for r in rows(shelf.connection, "select name from sync.integrity_checks")}
    assert names == {check for check, *_ in BROKEN}


def test_a_draft_in_stock_is_told_where_the_warehouse_says_nothing_and_left_where_the_shop_owns_it(
    sound: Shelf,
) -> None:
    show(sound, node(1, status="DRAFT"), node(2, status="DRAFT"), node(3, status="DRAFT"))
    sound.connection.execute("update sync.field_bases set ours = '{}' where key = '1'")
    sound.connection.execute("""update sync.field_bases set ours = '{"status": "DRAFT"}' where key = '2'""")
    assert found(sound) == {"product_not_active": [("product", "501", None), ("product", "503", "3")]}
    sound.connection.execute("update sync.field_bases set ours = '{}'")
    sound.see("1", 11, 0)
    assert found(sound) == {"product_not_active": [("product", "502", None), ("product", "503", None)]}
    sound.connection.execute("select sync.set_field_rule(%s, 'product', 'status', 'theirs')", (sound.shop,))
    assert found(sound) == {}


def test_an_archived_product_may_cost_nothing(sound: Shelf) -> None:
    sound.connection.execute("update sync.field_bases set ours = '{}'")
    sound.see("2", 11, 0)
    show(sound, node(2, status="ARCHIVED", variant={"price": "0.00", "compareAtPrice": None}))
    assert found(sound) == {}


def test_what_is_published_nowhere_is_for_a_person_where_channels_are_the_shops(sound: Shelf) -> None:
    show(sound, node(2, resourcePublicationsV2=NOWHERE))
    sound.connection.execute("update sync.catalogs set publications = '{}'")
    assert found(sound) == {"product_unpublished": [("product", "502", None)]}


def test_an_image_of_ours_that_failed_can_be_tried_again(sound: Shelf) -> None:
    sound.connection.execute(
        "insert into sync.catalog_media (shop_id, group_key, url, media_id) values (%s, '2', 'http://x/2.png', 2)",
        (sound.shop,),
    )
    show(sound, node(2, media={"nodes": [FAILED]}))
    assert found(sound) == {"image_failed": [("product", "502", "2")]}
