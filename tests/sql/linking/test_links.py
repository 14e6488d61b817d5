"""Links: found by SKU, never guessed."""

from __future__ import annotations

from tests.seeds import BACK, FRONT, Shelf, rows, value


def links(shelf: Shelf) -> dict[str, tuple[str, int | None, str | None]]:
    found = rows(shelf.connection, "select * from sync.links where shop_id = %s", shelf.shop)
    return {r["product_key"]: (r["state"], r["inventory_item_id"], r["reason"]) for r in found}


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
    shelf.variants(["A"], since="now() - interval '2 hours'")
    assert counts(shelf) == (0, 1, 0, 0)
    shelf.variants(["A"])
    assert counts(shelf) == (1, 0, 0, 0)
    shelf.connection.execute("update sync.variants set read_at = now() - interval '2 hours'")
    assert counts(shelf) == (0, 1, 0, 0)
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
