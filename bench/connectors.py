"""Side by side, at one sandbox: how connectors usually push stock, and how Shelfwire does.

Each round every product receives a unit, and some have just been sold in the shop, which the warehouse does not know
yet. A level is right if it holds the units counted, less those that Shopify has committed to orders. In a second round
Shopify refuses some items.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from bench.house import House, house
from bench.scale import Scale
from house.figures import Figure, progress
from house.sandbox import SET, Sandbox, set_variables

LEVELS = 1_200
# Five times Shopify's standard plan.
CAPACITY = 10_000
RESTORE_RATE = 500
SHARE_SOLD = SHARE_POISONED = 0.01

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
            at.receive_each()
            orders = [at.sandbox.order((sku, 1)) for sku in dice.sample(sound, max(1, round(SHARE_SOLD * levels)))]
            at.sandbox.bucket(scale.rows(CAPACITY), RESTORE_RATE)
            at.sandbox.reset_stats()
            push()
            seen = at.sandbox.stats()
            progress(f"{name}: {seen['by_operation']}")
            yield Figure(f"connector_{name}_points", seen["cost_charged"], "points")
            yield Figure(f"connector_{name}_seconds", seen["last_set_at"] - seen["first_set_at"], "s")
            yield Figure(f"connector_{name}_levels_right", _right(at), "levels")
            for order in orders:
                at.sandbox.cancel(order)
            at.sandbox.bucket()
            at.sandbox.fault(fault="user_error", items=poisoned)
            at.receive_each()
            push()
            at.sandbox.clear_faults()
            yield Figure(f"connector_{name}_wrong_for_ever", levels - _right(at), "levels")


def _right(at: House) -> int:
    counted = at.shelf()
    return sum(level["available"] == counted[level["sku"]] - level["committed"] for level in at.sandbox.state())


def _connector(at: House, push: Callable[[Sandbox, dict[str, int], list[Level]], None]) -> None:
    """Push what the warehouse counts; which levels there are is known from before."""
    push(at.sandbox, at.shelf(), at.sandbox.state())


def _set_each(shop: Sandbox, counted: dict[str, int], levels: list[Level]) -> None:
    """One call per level, as with the REST API of old."""
    for level in levels:
        _set(shop, counted, [level])


def _read_then_set_each(shop: Sandbox, counted: dict[str, int], levels: list[Level]) -> None:
    """One call to see whether the level differs, one to set it."""
    for level in levels:
        ids = {"item": level["inventory_item_id"], "location": level["location_id"]}
        found = _call(shop, READ, ids)["inventoryItem"]["inventoryLevel"]["quantities"][0]
        if found["quantity"] != counted[level["sku"]]:
            _set(shop, counted, [level])


def _set_250(shop: Sandbox, counted: dict[str, int], levels: list[Level]) -> None:
    """As many per call as Shopify takes; a batch that is refused is logged and given up."""
    for start in range(0, len(levels), 250):
        _set(shop, counted, levels[start : start + 250])


def _set(shop: Sandbox, counted: dict[str, int], levels: list[Level]) -> None:
    """Without compare-and-set: null says so."""
    entries = [(level["inventory_item_id"], level["location_id"], counted[level["sku"]], None) for level in levels]
    _call(shop, SET, set_variables(*entries))


def _call(shop: Sandbox, query: str, variables: dict[str, Any]) -> dict[str, Any]:
    """Send, and wait as a polite client does: until the bucket holds what such a call costs."""
    answer = shop.query(query, variables)
    cost = answer["extensions"]["cost"]
    missing = cost["requestedQueryCost"] - cost["throttleStatus"]["currentlyAvailable"]
    if missing > 0:
        threading.Event().wait(missing / cost["throttleStatus"]["restoreRate"])
    if cost["actualQueryCost"] is None:
        return _call(shop, query, variables)
    data: dict[str, Any] = answer["data"]
    return data
