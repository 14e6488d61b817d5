"""Side by side, at one sandbox: how connectors usually push stock, and how Shelfwire does.

Each round every product receives a unit, and some have just been sold in the shop, which the warehouse does not know
yet. A level is right if it holds the units counted, less those that Shopify has committed to orders. In a second round
Shopify refuses some items.
"""

from __future__ import annotations

import random
import threading
import uuid
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from bench.figures import Figure, Scale, progress
from bench.house import House, house
from demo.shop import Shop

LEVELS = 1_200
# Five times Shopify's standard plan.
CAPACITY = 10_000
RESTORE_RATE = 500
SHARE_SOLD = SHARE_POISONED = 0.01

SET = """
mutation Set($input: InventorySetQuantitiesInput!, $key: String!) {
  inventorySetQuantities(input: $input) @idempotent(key: $key) {
    inventoryAdjustmentGroup { id }
    userErrors { code field message }
  }
}
"""
READ = """
query Read($item: ID!, $location: ID!) {
  inventoryItem(id: $item) {
    inventoryLevel(locationId: $location) { quantities(names: ["available"]) { quantity } }
  }
}
"""

Level = dict[str, Any]


def measure(scale: Scale) -> Iterator[Figure]:
    """Yield for each model the points and seconds of a round, levels right after it, and wrong with poisoned items."""
    levels = scale.rows(LEVELS)
    dice = random.Random(1)
    with house(levels) as at:
        at.drain()
        models: dict[str, Callable[[], None]] = {
            "shelfwire": at.drain,
            "one_by_one": partial(_connector, at, _set_each),
            "read_then_set": partial(_connector, at, _read_then_set_each),
            "250_blind": partial(_connector, at, _set_250),
        }
        skus = [at.sku(n) for n in range(1, levels + 1)]
        poisoned = dice.sample(skus, max(1, round(SHARE_POISONED * levels)))
        sound = sorted({*skus} - {*poisoned})
        for name, push in models.items():
            at.receive()
            orders = [at.shop.order(sku, 1) for sku in dice.sample(sound, max(1, round(SHARE_SOLD * levels)))]
            at.shop.bucket(scale.rows(CAPACITY), RESTORE_RATE)
            at.shop.reset_stats()
            push()
            seen = at.shop.stats()
            progress(f"{name}: {seen['by_operation']}")
            yield Figure(f"connector_{name}_points", seen["cost_charged"], "points")
            yield Figure(f"connector_{name}_seconds", seen["last_set_at"] - seen["first_set_at"], "s")
            yield Figure(f"connector_{name}_levels_right", _right(at), "levels")
            for order in orders:
                at.shop.cancel(order)
            at.shop.bucket()
            at.shop.fault(fault="user_error", items=poisoned)
            at.receive()
            push()
            at.shop.clear_faults()
            yield Figure(f"connector_{name}_wrong_for_ever", levels - _right(at), "levels")


def _counted(at: House) -> dict[str, int]:
    return dict(
        at.connection.execute(
            "select p.sku, count(*) from warehouse.products as p"
            " inner join warehouse.shipment_items as i on p.id = i.product_id and i.status = 'received'"
            " group by p.sku"
        ).fetchall()
    )


def _right(at: House) -> int:
    counted = _counted(at)
    return sum(level["available"] == counted[level["sku"]] - level["committed"] for level in at.shop.levels())


def _connector(at: House, push: Callable[[Shop, dict[str, int], list[Level]], None]) -> None:
    """Push what the warehouse counts; which levels there are is known from before."""
    push(at.shop, _counted(at), at.shop.levels())


def _set_each(shop: Shop, counted: dict[str, int], levels: list[Level]) -> None:
    """One call per level, as with the REST API of old."""
    for level in levels:
        _set(shop, counted, [level])


def _read_then_set_each(shop: Shop, counted: dict[str, int], levels: list[Level]) -> None:
    """One call to see whether the level differs, one to set it."""
    for level in levels:
        ids = {"item": level["inventory_item_id"], "location": level["location_id"]}
        found = _call(shop, READ, ids)["inventoryItem"]["inventoryLevel"]["quantities"][0]
        if found["quantity"] != counted[level["sku"]]:
            _set(shop, counted, [level])


def _set_250(shop: Shop, counted: dict[str, int], levels: list[Level]) -> None:
    """As many per call as Shopify takes; a batch that is refused is logged and given up."""
    for start in range(0, len(levels), 250):
        _set(shop, counted, levels[start : start + 250])


def _set(shop: Shop, counted: dict[str, int], levels: list[Level]) -> None:
    """Without compare-and-set: null says so."""
    quantities = [
        {
            "inventoryItemId": level["inventory_item_id"],
            "locationId": level["location_id"],
            "quantity": counted[level["sku"]],
            "changeFromQuantity": None,
        }
        for level in levels
    ]
    changes = {"name": "available", "reason": "correction", "quantities": quantities}
    _call(shop, SET, {"input": changes, "key": str(uuid.uuid4())})


def _call(shop: Shop, query: str, variables: dict[str, Any]) -> dict[str, Any]:
    """Send, and wait as a polite client does: until the bucket holds what such a call costs."""
    answer = shop.call(query, variables)
    cost = answer["extensions"]["cost"]
    missing = cost["requestedQueryCost"] - cost["throttleStatus"]["currentlyAvailable"]
    if missing > 0:
        threading.Event().wait(missing / cost["throttleStatus"]["restoreRate"])
    if cost["actualQueryCost"] is None:
        return _call(shop, query, variables)
    data: dict[str, Any] = answer["data"]
    return data
