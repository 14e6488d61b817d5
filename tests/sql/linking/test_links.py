"""Links: found by SKU, never guessed."""

from __future__ import annotations

import pytest

from tests.seeds import BACK, FRONT, Shelf, entries, rows, value


def links(shelf: Shelf) -> dict[str, tuple[str, int | None, str | None]]:
    found = rows(shelf.connection, "select * from sync.links where shop_id = %s", shelf.shop)
    return {r["product_key"]: (r["state"], r["inventory_item_id"], r["reason"]) for r in found}


def refused(shelf: Shelf) -> dict[str, tuple[str, str]]:
    found = rows(shelf.connection, "select key, class, message from sync.open_refusals")
    return {r["key"]: (r["class"], r["message"]) for r in found}


def counts(shelf: Shelf) -> tuple[int, int, int, int]:
    found = shelf.link()
    return found["linked"], found["broken"], found["ambiguous"], found["without_sku"]


def test_a_product_and_a_variant_of_one_sku_are_linked(shelf: Shelf) -> None:
    one, two = shelf.product(" A "), shelf.product("B")
    shelf.variants(["B", "A  "])
    assert counts(shelf) == (2, 0, 0, 0)
    assert links(shelf) == {one: ("ok", 2002, None), two: ("ok", 2001, None)}


def test_blank_and_unknown_skus_are_broken_with_the_reason(shelf: Shelf) -> None:
    blank, none, unknown = shelf.product("  "), shelf.product(None), shelf.product("C")
    shelf.variants(["A", "", None])
    assert counts(shelf) == (0, 3, 0, 2)
    assert links(shelf) == {
        blank: ("broken", None, "The product has no SKU in the warehouse."),
        none: ("broken", None, "The product has no SKU in the warehouse."),
        unknown: ("broken", None, "No variant of the shop has the SKU C."),
    }


def test_doubled_skus_are_ambiguous_with_the_reason(shelf: Shelf) -> None:
    one, two, three = shelf.product("A"), shelf.product("A"), shelf.product("B")
    shelf.variants(["A", "B", "B"])
    assert counts(shelf) == (0, 0, 3, 0)
    assert links(shelf) == {
        one: ("ambiguous", None, "2 products of the warehouse have the SKU A."),
        two: ("ambiguous", None, "2 products of the warehouse have the SKU A."),
        three: ("ambiguous", None, "2 variants of the shop have the SKU B: Variant 1; Variant 2."),
    }


def test_a_variant_that_vanished_breaks_its_link(shelf: Shelf) -> None:
    key = shelf.product("A", 1)
    shelf.variants(["A"])
    assert counts(shelf) == (1, 0, 0, 0)
    shelf.connection.execute("select sync.forget_variants(%s, %s)", (shelf.shop, shelf.tick()))
    assert links(shelf)[key][0] == "broken"
    assert shelf.prepared([key]) == []


def test_the_link_of_a_product_that_vanished_is_kept_as_left(shelf: Shelf) -> None:
    key = shelf.product("A")
    shelf.product("B")
    shelf.variants(["A"])
    shelf.link()
    shelf.connection.execute("delete from warehouse.products where id = %s", (key,))
    assert counts(shelf) == (0, 1, 0, 0)
    assert links(shelf)[key] == ("left", None, "The warehouse no longer has this product.")


def test_two_products_may_swap_their_skus(shelf: Shelf) -> None:
    one, two = shelf.stocked(3, 4)
    shelf.connection.execute("update warehouse.products set sku = case sku when 'SKU-0' then 'SKU-1' else 'SKU-0' end")
    assert counts(shelf) == (2, 0, 0, 0)
    assert links(shelf) == {one: ("ok", 2002, None), two: ("ok", 2001, None)}
    assert shelf.pending().keys() == {one, two}


def test_linking_again_changes_nothing_and_marks_only_what_differs(shelf: Shelf) -> None:
    _, wrong = shelf.stocked(3, 4)
    before = rows(shelf.connection, "select * from sync.links order by 2")
    shelf.see(wrong, FRONT, 9)
    assert shelf.link()["marked"] == 1
    assert shelf.pending().keys() == {wrong}
    assert rows(shelf.connection, "select * from sync.links order by 2") == before


def test_mapping_a_location_makes_its_stock_pending(shelf: Shelf) -> None:
    key = shelf.stocked(3)[0]
    shelf.see(key, BACK, 0)
    shelf.receive(key, 2, location=2)
    shelf.drain()
    shelf.connection.execute("select sync.map_location(%s, '2', null)", (shelf.shop,))
    assert shelf.pending() == {}
    shelf.connection.execute("select sync.map_location(%s, '2', %s)", (shelf.shop, BACK))
    assert shelf.pending().keys() == {key}


def test_a_location_that_shopify_no_longer_shows_becomes_inactive(shelf: Shelf) -> None:
    shelf.connection.execute(
        'select sync.record_locations(%s, \'[{"location_id": 11, "name": "New name", "is_active": true}]\')',
        (shelf.shop,),
    )
    found = rows(shelf.connection, "select location_id, name, is_active from sync.locations order by 1")
    assert [tuple(r.values()) for r in found] == [(FRONT, "New name", True), (BACK, "Shop 12", False)]


def test_a_new_shop_has_its_lanes_and_its_budget(shelf: Shelf) -> None:
    shop = shelf.add_shop("two.myshopify.com")
    found = rows(shelf.connection, "select entrypoint from sync.lanes where shop_id = %s order by lane", shop)
    assert [r["entrypoint"] for r in found] == [f"inventory_{shop}_{lane}" for lane in range(4)]
    assert value(shelf.connection, "select level from sync.budgets where shop_id = %s", shop) == 1000


def test_a_removed_shop_takes_everything_of_its_own_along(shelf: Shelf) -> None:
    key = shelf.stocked(3)[0]
    shelf.sell(key)
    shelf.relay()
    shelf.prepared([key])
    shelf.connection.execute("select sync.refuse(%s, 'inventory', %s, '', 'X', 'm', 1, null)", (shelf.shop, key))
    shelf.connection.execute("delete from sync.shops")
    for table in ("levels", "links", "variants", "locations", "shop_locations", "lanes", "pending", "requests",
                  "refusals", "budgets"):  # fmt: skip
        assert value(shelf.connection, f"select count(*) from sync.{table}") == 0, table
    shelf.sell(key)
    assert shelf.relay()["relayed"] == 1


def test_a_link_once_made_stays_whoever_else_gets_the_sku(shelf: Shelf) -> None:
    one, two = shelf.stocked(3, 4)
    shelf.sell(one, 3)
    shelf.variants(["SKU-0", "SKU-1", "SKU-0"])
    assert counts(shelf) == (2, 0, 0, 0)
    assert links(shelf) == {one: ("ok", 2001, None), two: ("ok", 2002, None)}
    shelf.relay()
    assert [entries(shelf, s["request_id"]) for s in shelf.prepared([one])] == [[(2001, FRONT, 0, 3)]]
    words = "Variant 2 has the SKU SKU-0 as well, and gets no stock: the product is linked to Variant 0."
    assert refused(shelf) == {"1003": ("DOUBLED_SKU", words)}
    shelf.variants(["SKU-0", "SKU-1", "OTHER"])
    assert refused(shelf) == {}


def test_skus_that_are_swapped_in_the_shop_swap_the_products_without_anybody_linking(shelf: Shelf) -> None:
    one, two = shelf.stocked(3, 4)
    shelf.variants(["SKU-1", "SKU-0"])
    assert links(shelf) == {one: ("ok", 2002, None), two: ("ok", 2001, None)}
    assert shelf.pending().keys() == {one, two}
    assert value(shelf.connection, "select count(*) from sync.departed_items") == 0


def test_skus_that_are_swapped_in_the_shop_are_followed_page_by_page(shelf: Shelf) -> None:
    one, two = shelf.stocked(3, 4)
    shelf.variants(["SKU-1"])
    renamed = "Variant 0 has the SKU SKU-1 by now. The product is still shown there."
    assert links(shelf) == {one: ("ok", 2001, renamed), two: ("ok", 2002, None)}
    assert {key: error for key, (error, _) in refused(shelf).items()} == {one: "CHANGED_SKU"}
    shelf.variants(["SKU-1", "SKU-0"])
    assert links(shelf) == {one: ("ok", 2002, None), two: ("ok", 2001, None)}


def test_a_sku_that_moves_to_another_variant_takes_the_stock_along(shelf: Shelf) -> None:
    key = shelf.stocked(3)[0]
    shelf.variants(["OLD", "SKU-0"])
    assert links(shelf) == {key: ("ok", 2002, None)}
    shelf.link()
    shelf.see(key, FRONT, 0)
    (planned,) = shelf.prepared([key])
    assert sorted(entries(shelf, planned["request_id"])) == [(2001, FRONT, 0, 3), (2002, FRONT, 3, 0)]


def test_a_variant_whose_sku_becomes_another_products_is_that_products(shelf: Shelf) -> None:
    one, two = shelf.stocked(3)[0], shelf.product("NEW", 7)
    shelf.link()
    shelf.variants(["NEW"])
    assert links(shelf) == {one: ("broken", None, "No variant of the shop has the SKU SKU-0."), two: ("ok", 2001, None)}
    assert value(shelf.connection, "select count(*) from sync.departed_items") == 0
    (planned,) = shelf.prepared([one, two])
    assert entries(shelf, planned["request_id"]) == [(2001, FRONT, 7, 3)]


def test_a_new_product_whose_sku_a_linked_variant_has_gets_it(shelf: Shelf) -> None:
    one = shelf.stocked(3)[0]
    shelf.variants(["NEW"])
    two = shelf.product("NEW", 7)
    shelf.relay()
    assert {key: state for key, (state, *_) in links(shelf).items()} == {one: "broken", two: "ok"}


def test_what_was_refused_of_another_variant_is_refused_no_more(shelf: Shelf) -> None:
    key = shelf.stocked(3)[0]
    shelf.connection.execute(
        "select sync.refuse(%s, 'inventory', %s, %s::text, 'INVALID_INVENTORY_ITEM', 'm', 1, null)",
        (shelf.shop, key, FRONT),
    )
    shelf.connection.execute("select sync.forget_variants(%s, %s)", (shelf.shop, shelf.tick()))
    assert refused(shelf) == {key: ("LINK_BROKEN", "No variant of the shop has the SKU SKU-0.")}


@pytest.mark.parametrize(
    ("wanted", "found", "words"),
    [
        ("AB-1", "AB-1\t", "a tab at its end"),
        ("AB-1", "\u00a0AB-1", "a no-break space at its start"),
        ("AB-1", "AB\u200b-1", "a zero-width character within it"),
        ("AB-1", "ab-1", "upper and lower case"),
        ("AB-1", "\uff21\uff22-1", "other forms of its letters"),
        ("AB-1", "AB\u20111", "other forms of its letters"),
        ("CAF\u00c9", "CAFE\u0301", "how its accents are composed"),
        ("AB-1\u00a0", "AB-1", "a no-break space at its end of the other"),
        ("A B", "A  B", "how many blanks it has"),
        ("AB-1", "ab-1\n", "a line break at its end, upper and lower case"),
    ],
)
def test_a_near_miss_is_named_and_not_linked(shelf: Shelf, wanted: str, found: str, words: str) -> None:
    key = shelf.product(wanted)
    shelf.variants(["X", found])
    assert counts(shelf) == (0, 1, 0, 0)
    assert (
        links(shelf)[key][2]
        == f"No variant of the shop has the SKU {wanted}; Variant 1 looks the same but for {words}."
    )
