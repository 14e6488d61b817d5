"""No unit is offered twice, whatever people change in the shop or in the warehouse."""

from __future__ import annotations

import pytest

from tests.house.house import House, Open

SKU, OTHER = "SKU-000001", "SKU-000002"


def refused(house: House) -> list[tuple[str, str]]:
    """Class and SKU of every open refusal."""
    found = house.rows("select class, sku from sync.open_refusals order by class, sku")
    return [(row["class"], row["sku"]) for row in found]


def test_an_order_in_the_place_of_one_that_was_fulfilled_is_not_offered_again(house: House) -> None:
    house.receive(SKU, 15)
    house.sandbox.edit(SKU, 15)
    old = house.sandbox.order((SKU, 5))
    # On first sight the five that are owed are taken as known: the warehouse has sold them.
    house.sell(SKU, 5)
    assert house.shelfwire("link").returncode == 0
    house.do("update sync.levels set committed_counted = committed")
    with house.runner():
        house.wait_quiet()
        house.sandbox.control("POST", f"/orders/{old}/fulfill")
        house.sandbox.order((SKU, 4))
        house.receive(SKU, 1)
        house.wait_quiet()
    assert house.shelf()[SKU] == 11
    assert house.offered()[SKU] == 7
    assert house.value("select cause from sync.level_conflicts order by id desc limit 1") == "un-imported order"


def test_a_location_that_no_longer_shows_the_stock_is_emptied(open_house: Open) -> None:
    house = open_house("--products", "2", "--locations", "Front,Back", "--unlimited", shown_at=None)
    map_to = ("shop", "map", house.sandbox.shop)
    assert house.shelfwire(*map_to, "Hall A=Front", "Hall B=none").returncode == 0
    assert house.shelfwire("link").returncode == 0

    def held() -> list[int]:
        return [level["available"] for level in house.sandbox.state() if level["sku"] == SKU]

    house.receive(SKU, 10)
    with house.runner():
        house.wait_until(lambda: sorted(held()) == [0, 10], "10 units at the front")
        assert house.shelfwire(*map_to, "Hall A=Back").returncode == 0
        house.wait_until(lambda: sorted(held()) == [0, 10], "10 units at the back")
        house.wait_quiet()
        assert sorted(held()) == [0, 10]
        assert house.shelfwire(*map_to, "Hall A=none").returncode == 0
        house.wait_until(lambda: held() == [0, 0], "nothing anywhere")


def test_stock_that_a_deleted_product_leaves_behind_is_taken_away_once(house: House) -> None:
    house.receive(SKU, 10)
    with house.runner():
        house.wait_quiet()
        house.do("delete from warehouse.shipment_items")
        house.do("delete from warehouse.products where sku = %s", SKU)
        house.wait_until(lambda: house.offered()[SKU] == 0, "nothing to be offered")
        # A person who sells it by hand is left alone.
        house.sandbox.edit(SKU, 3)
        assert house.shelfwire("link").returncode == 0
        assert house.shelfwire("reconcile", "inventory").returncode == 0
        house.wait_quiet()
    assert house.offered()[SKU] == 3
    assert refused(house) == []


def test_stock_that_a_changed_sku_leaves_behind_is_taken_away_and_offered_anew(house: House) -> None:
    house.add_in_shop("New", {"sku": "NEW", "tracked": True})
    house.receive(SKU, 10)
    assert house.shelfwire("link").returncode == 0
    with house.runner():
        house.wait_quiet()
        house.do("update warehouse.products set sku = 'NEW' where sku = %s", SKU)
        house.wait_until(lambda: house.offered()[SKU] == 0, "nothing to be offered under the old SKU")
        house.wait_until(lambda: house.offered()["NEW"] == 10, "all to be offered under the new one")
        house.wait_quiet()
    assert refused(house) == []


def test_an_item_that_makes_shopify_fail_is_found_and_the_others_arrive(house: House) -> None:
    culprit = house.sandbox.level(SKU)["inventory_item_id"]
    house.sandbox.fault(fault="internal_error", operation="inventorySetQuantities", items=[culprit])
    house.do(
        "insert into warehouse.shipment_items (shipment_id, product_id, location_id, status) "
        "select 1, id, 1, 'received' from warehouse.products"
    )
    with house.runner():
        house.wait_until(lambda: house.offered()[OTHER] == 1, "what does not fail")

        def found() -> bool:
            house.receive(OTHER, 1)  # that it goes on passing tells a bad item from a bad day
            return refused(house) == [("INTERNAL_SERVER_ERROR", SKU)]

        house.wait_until(found, "the refusal")
        house.wait_quiet()
    shelf = house.shelf()
    assert {sku for sku, units in house.offered().items() if units != shelf[sku]} == {SKU}


@pytest.mark.long
def test_in_a_shop_where_nothing_else_changes_an_item_that_makes_shopify_fail_is_found_too(house: House) -> None:
    culprit = house.sandbox.level(SKU)["inventory_item_id"]
    house.sandbox.fault(fault="internal_error", operation="inventorySetQuantities", items=[culprit])
    house.receive(SKU, 1)
    with house.runner():
        # As if it had been tried for long already.
        house.wait_until(lambda: bool(house.rows("select from sync.requests where sends > 0")), "a request")
        house.do("update sync.requests set sends = 10 where state = 'open'")
        house.wait_until(lambda: refused(house) == [("INTERNAL_SERVER_ERROR", SKU)], "the refusal")
        house.wait_quiet()
    assert house.value("select coalesce(max(state), 'closed') from sync.circuits") == "closed"
    # What told the two apart has changed nothing.
    (harmless,) = house.rows(
        "select e.quantity, e.change_from_quantity from sync.requests as r "
        "cross join sync.level_entries(r.variables) as e where r.state = 'applied'"
    )
    assert harmless == {"quantity": 0, "change_from_quantity": 0}
    assert set(house.offered().values()) == {0}


def test_a_shop_that_fails_whatever_writes_refuses_nothing(house: House) -> None:
    house.sandbox.fault(fault="internal_error", operation="inventorySetQuantities")
    for number in range(1, 4):
        house.receive(f"SKU-{number:06}", 1)
    # As if every open request had been tried for long already.
    with house.runner():
        house.wait_until(lambda: bool(house.rows("select from sync.requests where sends > 0")), "a request")
        house.do("update sync.requests set sends = 10 where state = 'open'")
        house.wait_until(
            lambda: house.value("select count(*) from sync.requests where state = 'abandoned'") > 0, "a second look"
        )
        assert house.value("select count(*) from sync.refusals") == 0
        house.sandbox.clear_faults()
        house.wait_quiet()
    assert house.offered() == house.shelf()


def test_a_runner_with_another_secret_key_does_not_start(house: House) -> None:
    house.receive(SKU, 1)
    house.key = type(house).new_key()
    done = house.shelfwire("run")
    assert done.returncode == 2 and "SHELFWIRE_SECRET_KEY" in done.stderr
    assert refused(house) == []
