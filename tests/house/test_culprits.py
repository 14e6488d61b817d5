"""Items that make Shopify fail are found, however many there are; sound ones are not refused for their faults."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import pytest

from runner.db import Database
from runner.db import shops as db_shops
from runner.db.lanes import Turn
from runner.engine.lane import Lane
from runner.engine.pulse import Pulse
from runner.engine.push import Push
from runner.errors import ShelfwireError
from runner.inventory.strategy import Inventory
from runner.shopify.shops import Shops
from tests.house.house import House

JOB = 10**12
# As PgQueuer would try a job again, but at once.
TRIES = 8


def push(house: House, *skus: str) -> None:
    """Receive a unit of some products, all of them in one lane, and try their job until it ends."""
    house.do("update sync.kinds set lanes = 1")
    for sku in skus:
        house.receive(sku, 1)
    house.do("select sync.relay_changes()")
    house.do("delete from pgqueuer.pgqueuer")
    house.do("update sync.pending set lane = 0, job_id = null")

    async def work() -> None:
        async with Database.open(house.dsn) as database, Shops.open(database, house.settings) as shops:
            (shop,) = await db_shops.shops(database)
            for _ in range(TRIES):
                lane = Lane(database, Turn(shop.id, "inventory", 0, JOB), asyncio.Event(), Pulse(), attempts=1)
                with suppress(ShelfwireError):
                    await Push(lane, await shops.client(shop.id), Inventory(database)).run()
                    break

    asyncio.run(work())


def refused(house: House) -> list[str]:
    return [r["sku"] for r in house.rows("select sku from sync.open_refusals order by sku")]


@pytest.mark.parametrize("culprits", [1, 3, 6])
def test_several_culprits_alone_in_their_lane_are_found(house: House, culprits: int) -> None:
    skus = [f"SKU-{n:06}" for n in range(1, culprits + 1)]
    items = [house.sandbox.level(sku)["inventory_item_id"] for sku in skus]
    house.sandbox.fault(fault="internal_error", operation="inventorySetQuantities", items=items)
    push(house, *skus)
    assert refused(house) == skus
    assert house.value("select count(*) from sync.pending") == 0


def test_one_bad_answer_after_an_outage_refuses_nothing(house: House) -> None:
    house.sandbox.fault(fault="internal_error", operation="inventorySetQuantities", times=4)
    house.sandbox.fault(fault="internal_error", operation="inventorySetQuantities", after=1, times=1)
    push(house, "SKU-000001", "SKU-000002")
    assert refused(house) == []
    assert (house.offered()["SKU-000001"], house.offered()["SKU-000002"]) == (1, 1)
