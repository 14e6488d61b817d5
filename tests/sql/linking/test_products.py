"""Products come, go, and change their SKU: links follow at once, and what left goes to 0 once."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from runner.warehouse import adapter
from runner.warehouse.mapping import MappingFile
from tests.runner.warehouse.mappings import written
from tests.seeds import BACK, FRONT, Shelf, entries, rows, value

Sent = list[tuple[int, int, int, int | None]]


@pytest.fixture
def three(shelf: Shelf) -> Shelf:
    """Products 1, 2, 3 with the SKUs SKU-0, SKU-1, SKU-2 and 3, 4, 5 units, as the shop shows them."""
    shelf.stocked(3, 4, 5)
    return shelf


def do(shelf: Shelf, statement: str) -> None:
    shelf.connection.execute(statement.encode())
    shelf.relay()


def leave(shelf: Shelf, key: str) -> None:
    """A product is deleted with its stock, in one transaction."""
    items = f"delete from warehouse.shipment_items where product_id = {key}"
    do(shelf, f"{items}; delete from warehouse.products where id = {key}")


def links(shelf: Shelf) -> dict[str, tuple[str, int | None]]:
    found = rows(shelf.connection, "select * from sync.links where shop_id = %s order by product_key", shelf.shop)
    return {r["product_key"]: (r["state"], r["inventory_item_id"]) for r in found}


def send(shelf: Shelf) -> tuple[list[int], Sent, str, list[str]]:
    """What is pending is stored as requests; answers and settling come later."""
    keys = sorted(shelf.pending())
    shelf.connection.execute("update sync.pending set job_id = 999")
    turn = shelf.turn(job=999)
    requests = [s["request_id"] for s in shelf.prepare(turn, keys) if s["step"] == "send"]
    return requests, sorted(e for r in requests for e in entries(shelf, r)), turn, keys


def push(shelf: Shelf) -> Sent:
    """What is pending is sent, taken by the shop, and settled."""
    requests, sent, turn, keys = send(shelf)
    for request in requests:
        shelf.answer(request)
    shelf.settle_push(turn, *keys)
    return sent


def offered(shelf: Shelf, item: int, location: int, available: int) -> None:
    """A person sets a level in Shopify, and we see it."""
    shelf.connection.execute(
        "select sync.record_levels(%s, nextval('sync.ticks'), null, json_build_array(json_build_object("
        "'inventory_item_id', %s, 'location_id', %s, 'available', %s, 'committed', 0)))",
        (shelf.shop, item, location, available),
    )


def test_a_deleted_product_goes_to_zero_once_wherever_it_lay(three: Shelf) -> None:
    three.see("1", BACK, 2)
    leave(three, "1")
    assert links(three)["1"] == ("left", None)
    assert push(three) == [(2001, FRONT, 0, 3), (2001, BACK, 0, 2)]
    assert three.pending() == {}


@pytest.mark.parametrize("location", [FRONT, BACK])
def test_what_a_person_offers_of_it_afterwards_is_left_alone(three: Shelf, location: int) -> None:
    leave(three, "1")
    push(three)
    offered(three, 2001, location, 7)
    do(three, "select sync.look_at_all('recheck')")
    three.link()
    assert three.pending() == {}
    assert [r for r in rows(three.connection, "select * from sync.open_refusals") if r["key"] in ("1", "1001")] == []


def test_a_hidden_product_leaves_and_comes_back(
    three: Shelf, warehouse: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    text = """
    schema = "warehouse"
    [products]
    sql = "select id as product, sku, name as title from products where price is null"
    [stock]
    sql = "select product_id as product, location_id as location, 1 as available from shipment_items"
    [watch]
    products = "id"
    shipment_items = "product_id"
    """
    asyncio.run(adapter.attach(warehouse, MappingFile(written(tmp_path_factory.mktemp("map"), text))))
    three.relay()
    do(three, "update warehouse.products set price = 1 where id = 1")
    assert links(three)["1"] == ("left", None)
    assert push(three) == [(2001, FRONT, 0, 3)]
    do(three, "update warehouse.products set price = null where id = 1")
    assert links(three)["1"] == ("ok", 2001)
    assert push(three) == [(2001, FRONT, 3, 0)]
    # Back before its zero was sent: nothing is.
    do(three, "update warehouse.products set price = 1 where id = 1")
    do(three, "update warehouse.products set price = null where id = 1")
    assert push(three) == []
    assert three.pending() == {}


def test_a_product_recreated_under_its_sku_in_one_transaction_takes_its_variant_along(three: Shelf) -> None:
    with three.connection.transaction():
        three.connection.execute("update warehouse.shipment_items set product_id = 2 where product_id = 1")
        three.connection.execute("delete from warehouse.products where id = 1")
        key = three.product("SKU-0", 1)
    three.relay()
    assert links(three) == {"1": ("left", None), "2": ("ok", 2002), "3": ("ok", 2003), key: ("ok", 2001)}
    assert push(three) == [(2001, FRONT, 1, 3), (2002, FRONT, 7, 4)]


@pytest.mark.parametrize("is_pushed", [False, True])
def test_a_product_recreated_under_its_sku_later_gets_its_variant_back(three: Shelf, is_pushed: bool) -> None:
    leave(three, "1")
    if is_pushed:
        assert push(three) == [(2001, FRONT, 0, 3)]
    key = three.product("SKU-0", 3)
    three.relay()
    assert links(three)[key] == ("ok", 2001)
    assert push(three) == ([(2001, FRONT, 3, 0)] if is_pushed else [])
    assert value(three.connection, "select count(*) from sync.departed_items") == 0


def test_a_sku_that_changes_to_another_variants_moves_the_stock_there(three: Shelf) -> None:
    three.variants(["SKU-0", "SKU-1", "SKU-2", "NEW"])
    offered(three, 2004, FRONT, 0)
    offered(three, 2004, BACK, 0)
    do(three, "update warehouse.products set sku = 'NEW' where id = 1")
    assert links(three)["1"] == ("ok", 2004)
    assert push(three) == [(2001, FRONT, 0, 3), (2004, FRONT, 3, 0)]


@pytest.mark.parametrize("sku", ["'NOWHERE'", "null", "'  '"])
def test_a_sku_that_no_variant_has_takes_the_stock_away(three: Shelf, sku: str) -> None:
    do(three, f"update warehouse.products set sku = {sku} where id = 1")
    assert links(three)["1"] == ("broken", None)
    assert push(three) == [(2001, FRONT, 0, 3)]
    do(three, "update warehouse.products set sku = 'SKU-0' where id = 1")
    assert push(three) == [(2001, FRONT, 3, 0)]


def test_skus_that_are_swapped_step_by_step_in_one_transaction_swap_the_variants(three: Shelf) -> None:
    with three.connection.transaction():
        for key, sku in ((1, "in between"), (2, "SKU-0"), (1, "SKU-1")):
            three.connection.execute("update warehouse.products set sku = %s where id = %s", (sku, key))
    three.relay()
    assert links(three) == {"1": ("ok", 2002), "2": ("ok", 2001), "3": ("ok", 2003)}
    assert push(three) == [(2001, FRONT, 4, 3), (2002, FRONT, 3, 4)]


def test_skus_that_are_swapped_swap_the_variants(three: Shelf) -> None:
    do(three, "update warehouse.products set sku = case id when 1 then 'SKU-1' else 'SKU-0' end where id < 3")
    assert links(three) == {"1": ("ok", 2002), "2": ("ok", 2001), "3": ("ok", 2003)}
    assert push(three) == [(2001, FRONT, 4, 3), (2002, FRONT, 3, 4)]
    assert value(three.connection, "select count(*) from sync.departed_items") == 0


def test_of_two_products_with_one_sku_the_linked_one_keeps_its_variant_until_it_leaves(three: Shelf) -> None:
    key = three.product("SKU-0", 9)
    three.relay()
    assert (links(three)["1"], links(three)[key]) == (("ok", 2001), ("ambiguous", None))
    assert three.pending() == {}
    leave(three, "1")
    assert (links(three)["1"], links(three)[key]) == (("left", None), ("ok", 2001))
    assert push(three) == [(2001, FRONT, 9, 3)]


def test_a_new_product_is_linked_at_once(three: Shelf) -> None:
    three.variants(["SKU-0", "SKU-1", "SKU-2", "NEW"])
    key = three.product("NEW", 2)
    three.relay()
    assert links(three)[key] == ("ok", 2004)
    assert three.pending().keys() == {key}


def test_what_was_on_its_way_when_a_product_left_is_taken_back(three: Shelf) -> None:
    three.see("1", FRONT, 0)
    three.relay()
    three.connection.execute("select sync.mark_shop(%s)", (three.shop,))
    (request,), sent, turn, keys = send(three)
    assert sent == [(2001, FRONT, 3, 0)]
    leave(three, "1")
    three.answer(request)
    three.settle_push(turn, *keys)
    assert push(three) == [(2001, FRONT, 0, 3)]
    assert value(three.connection, "select count(*) from sync.departed_items") == 0


def test_a_zero_on_its_way_when_a_product_comes_back_under_another_key_is_taken_back(three: Shelf) -> None:
    leave(three, "1")
    (request,), sent, turn, keys = send(three)
    assert sent == [(2001, FRONT, 0, 3)]
    three.product("SKU-0", 3)
    three.relay()
    three.answer(request)
    three.settle_push(turn, *keys)
    three.relay()
    assert push(three) == [(2001, FRONT, 3, 0)]
    assert value(three.connection, "select count(*) from sync.departed_items") == 0


def test_what_shopify_refuses_of_a_product_that_left_is_shown(three: Shelf) -> None:
    leave(three, "1")
    (request,), _, turn, keys = send(three)
    three.answer(request, "rejected", [{"index": 0, "class": "INVALID_LOCATION", "message": "It is gone."}])
    three.settle_push(turn, *keys)
    found = rows(three.connection, "select key, sku, class from sync.open_refusals where class <> 'UNLINKED_STOCK'")
    assert found == [{"key": "1", "sku": "SKU-0", "class": "INVALID_LOCATION"}]


def test_an_item_that_left_and_is_no_more_is_no_refusal(three: Shelf) -> None:
    leave(three, "1")
    (request,), _, turn, keys = send(three)
    three.answer(request, "rejected", [{"index": 0, "class": "INVALID_INVENTORY_ITEM", "message": "It is gone."}])
    three.settle_push(turn, *keys)
    assert value(three.connection, "select count(*) from sync.refusals") == 0
    assert value(three.connection, "select count(*) from sync.departed_items") == 0


def test_in_monitor_the_zero_is_only_noted_and_the_plan_tells_of_it(three: Shelf) -> None:
    three.connection.execute("update sync.shops set mode = 'monitor'")
    leave(three, "1")
    assert push(three) == []
    assert rows(three.connection, "select product_key, quantity from sync.shadow_levels") == [
        {"product_key": "1", "quantity": 0}
    ]
    plan = rows(three.connection, "select parts, moves, losses from sync.draft_inventory(%s)", three.shop)
    assert plan == [{"parts": 6, "moves": 1, "losses": 1}]


def test_half_of_the_products_leaving_is_held(shelf: Shelf) -> None:
    shelf.stocked(*[1] * 40)
    shelf.connection.execute("update sync.guards set loss_share = 0.2, change_share = 0.3, allowance = 5")
    do(
        shelf,
        "delete from warehouse.shipment_items where product_id <= 20; delete from warehouse.products where id <= 20",
    )
    (guard,) = rows(shelf.connection, "select held_reason from sync.guards")
    assert guard["held_reason"] == "20 of 40 levels in stock would be set to zero."
    assert [s["step"] for s in shelf.prepared(sorted(shelf.pending()))] == ["held"]
    assert value(shelf.connection, "select sync.release_guard(%s, 'inventory')", shelf.shop) == 20
    assert len(push(shelf)) == 20


def test_a_mass_rename_is_held_and_taken_back_without_a_trace(shelf: Shelf) -> None:
    shelf.stocked(*[1] * 40)
    shelf.connection.execute("update sync.guards set loss_share = 0.2, change_share = 0.3, allowance = 5")
    do(shelf, "update warehouse.products set sku = 'X-' || sku")
    assert value(shelf.connection, "select held_reason from sync.guards").startswith("40 of 40 levels in stock")
    do(shelf, "update warehouse.products set sku = substr(sku, 3)")
    shelf.connection.execute("select sync.release_guard(%s, 'inventory')", (shelf.shop,))
    assert push(shelf) == []
    assert {state for state, _ in links(shelf).values()} == {"ok"}


def test_a_product_that_left_is_explained(three: Shelf) -> None:
    leave(three, "1")
    for name in ("SKU-0", "1"):
        (found,) = value(three.connection, "select sync.explain_stock(%s)", name)
        (shop,) = found["shops"]
        assert (shop["link"]["state"], shop["link"]["reason"]) == ("left", "The warehouse no longer has this product.")
        assert (shop["levels"][0]["desired"], shop["levels"][0]["seen"]) == (0, 3)
    push(three)
    key = three.product("SKU-0", 1)
    three.relay()
    # Another product has its SKU now: of the old one only its key speaks.
    assert [p["product_key"] for p in value(three.connection, "select sync.explain_stock('SKU-0')")] == [key]
    assert [p["product_key"] for p in value(three.connection, "select sync.explain_stock('1')")] == ["1"]


def test_links_of_products_that_left_long_ago_are_forgotten(three: Shelf) -> None:
    leave(three, "1")
    prune = "select subjects from sync.prune_logs()"
    assert value(three.connection, prune) == 0
    three.connection.execute("update sync.links set changed_at = now() - interval '31 days'")
    # Its zero still waits.
    assert value(three.connection, prune) == 0
    push(three)
    assert value(three.connection, prune) == 1
    assert sorted(links(three)) == ["2", "3"]


def test_a_product_of_several_rows_stops_no_relay_and_no_sku_of_it_is_guessed(
    three: Shelf, warehouse: str, tmp_path: Path
) -> None:
    do(three, "create table warehouse.codes (product_id bigint, code text); "
              "insert into warehouse.codes select id, sku from warehouse.products")  # fmt: skip
    sql = "select p.id as product, c.code as sku, p.name as title from products p join codes c on c.product_id = p.id"
    stock = "select product_id as product, location_id as location, 1 as available from shipment_items"
    text = f"""schema = "warehouse"\n[products]\nsql = "{sql}"\n[stock]\nsql = "{stock}"
[watch]\nproducts = "id"\ncodes = "product_id"\nshipment_items = "product_id"\n"""
    asyncio.run(adapter.attach(warehouse, MappingFile(written(tmp_path, text))))
    three.relay()
    before = links(three)
    do(three, "insert into warehouse.codes values (1, 'SKU-9'), (2, 'A'), (2, 'SKU-1')")
    do(three, "update warehouse.products set name = name || '.'")
    assert links(three) == before
    do(three, "insert into warehouse.products (sku, name) values ('', ''); "
              "insert into warehouse.codes values (4, 'SKU-7'), (4, 'SKU-8')")  # fmt: skip
    assert links(three) == before | {"4": ("broken", None)}
