"""I6: an item that is refused never holds back the others of its request."""

from __future__ import annotations

import asyncio

import pytest

from runner.db import Database
from runner.db import shops as db_shops
from runner.db.lanes import Turn
from runner.engine.lane import Lane
from runner.engine.pulse import Pulse
from runner.engine.push import Push
from runner.inventory.strategy import Inventory
from runner.shopify.shops import Shops
from tests.house.house import House, Open

# No job of PgQueuer's.
JOB = 10**12
POISONED = ["SKU-000007", "SKU-000100", "SKU-000250"]


@pytest.fixture
def full_house(open_house: Open) -> House:
    """250 products, one unit of each on the shelf, nothing pushed yet."""
    house = open_house("--products", "250", "--variants-per-product", "1", "--unlimited")
    house.do(
        "insert into warehouse.shipment_items (shipment_id, product_id, location_id, status) "
        "select 1, id, 1, 'received' from warehouse.products"
    )
    return house


def push_all(house: House) -> int:
    """Push every product in one job; returns how many mutations that took."""

    async def push() -> None:
        async with Database.open(house.dsn) as database, Shops.open(database, house.settings) as shops:
            (shop,) = await db_shops.shops(database)
            house.do("select sync.relay_changes()")
            house.do("delete from pgqueuer.pgqueuer")
            house.do("update sync.pending set lane = 0, job_id = null")
            lane = Lane(database, Turn(shop.id, "inventory", 0, JOB), asyncio.Event(), Pulse())
            await Push(lane, await shops.client(shop.id), Inventory(database)).run()

    before = house.sandbox.stats()["mutations"]
    asyncio.run(push())
    return int(house.sandbox.stats()["mutations"] - before)


def applied(house: House) -> list[int]:
    """How many levels each applied request carried, in order."""
    return [r["entries"] for r in house.rows("select entries from sync.requests where state = 'applied' order by id")]


def test_250_levels_go_out_in_one_call(full_house: House) -> None:
    assert push_all(full_house) == 1
    assert applied(full_house) == [250]


def test_of_250_items_with_3_deleted_in_shopify_247_are_applied_at_once(full_house: House) -> None:
    for sku in POISONED:
        full_house.delete_in_shop(sku)
    assert push_all(full_house) <= 1 + 3
    assert applied(full_house)[0] == 247
    refused = full_house.rows("select sku, class, remedy from sync.open_refusals order by sku")
    assert [r["sku"] for r in refused] == POISONED
    assert {r["class"] for r in refused} == {"INVALID_INVENTORY_ITEM"}
    assert all("shelfwire link" in r["remedy"] for r in refused)


def test_errors_that_name_no_item_are_found_by_halving(full_house: House) -> None:
    full_house.sandbox.fault(
        fault="user_error", operation="inventorySetQuantities", items=POISONED[:1], index=False, code="INVALID_REASON"
    )
    calls = push_all(full_house)
    assert sum(applied(full_house)) == 249
    # 250 levels are halved 8 times; each time one half passes and the other does not.
    assert calls <= 1 + 2 * 8
    assert [r["sku"] for r in full_house.rows("select sku from sync.open_refusals")] == POISONED[:1]


def test_a_stale_answer_without_index_loses_nothing(full_house: House) -> None:
    full_house.sandbox.fault(fault="stale_without_index", operation="inventorySetQuantities", times=1)
    assert push_all(full_house) <= 3
    assert sum(applied(full_house)) == 250


def test_a_refused_product_is_tried_again_when_somebody_says_so(full_house: House) -> None:
    full_house.sandbox.fault(
        fault="user_error", operation="inventorySetQuantities", items=POISONED, index=True, code="INVALID_REASON"
    )
    push_all(full_house)
    assert full_house.value("select count(*) from sync.open_refusals") == 3
    full_house.sandbox.clear_faults()
    done = full_house.shelfwire("refusals", "retry", "--class", "INVALID_REASON")
    assert (done.returncode, done.stdout) == (0, "3 products are tried again.\n")
    with full_house.runner():
        full_house.wait_quiet()
    assert full_house.value("select count(*) from sync.open_refusals") == 0
    assert full_house.offered() == full_house.shelf()


def test_an_untracked_item_is_refused_with_the_remedy(open_house: Open) -> None:
    house = open_house("--products", "3", "--variants-per-product", "1", "--unlimited")
    house.track("SKU-000002", False)
    assert house.shelfwire("link").returncode == 0
    for number in (1, 2, 3):
        house.receive(f"SKU-{number:06}", number)
    with house.runner():
        house.wait_quiet()
    (refusal,) = house.rows("select sku, class, remedy from sync.open_refusals")
    assert (refusal["sku"], refusal["class"]) == ("SKU-000002", "UNTRACKED")
    assert "Track quantity" in refusal["remedy"]
    assert (house.offered()["SKU-000001"], house.offered()["SKU-000003"]) == (1, 3)
    house.track("SKU-000002", True)
    assert house.shelfwire("link").returncode == 0
    with house.runner():
        house.wait_quiet()
    assert house.value("select count(*) from sync.open_refusals") == 0
    assert house.offered() == house.shelf()


def test_stock_at_a_location_that_is_mapped_nowhere_is_shown_with_the_remedy(house: House) -> None:
    house.do("insert into warehouse.locations (name) values ('Attic')")
    house.receive("SKU-000001", 2)
    house.do("update warehouse.shipment_items set location_id = 3")
    with house.runner():
        house.wait_quiet()
    (refusal,) = house.rows("select class, message, remedy from sync.open_refusals")
    assert refusal["class"] == "UNMAPPED_LOCATION"
    assert "2 units" in refusal["message"] and "Attic" in refusal["message"]
    assert house.shelfwire("shop", "map", house.sandbox.shop, "Attic=Main warehouse").returncode == 0
    with house.runner():
        house.wait_until(lambda: house.offered()["SKU-000001"] == 2, "2 units from the attic")
    assert house.value("select count(*) from sync.open_refusals") == 0
