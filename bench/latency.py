"""How long a change takes to the shop: from before its COMMIT is sent until the sandbox sets the level."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Iterator
from statistics import quantiles

from bench.house import House, house
from bench.scale import Scale
from house.figures import Figure

IDLE_CHANGES = 100
# Longer than the relay lingers: it sleeps again before each change.
IDLE_PAUSE = (0.3, 0.4)
RATE = 200
SECONDS = 10
SELL = "update warehouse.shipment_items set status = 'sold' where product_id = %s"


def measure(scale: Scale) -> Iterator[Figure]:
    """Yield percentiles: of single changes, each finding the runner asleep, and of changes that come at random."""
    idle, loaded = scale.rounds(IDLE_CHANGES), RATE * scale.seconds(SECONDS)
    dice = random.Random(1)
    pauses = {
        "idle": [dice.uniform(*IDLE_PAUSE) for _ in range(idle + 1)],
        str(RATE): [dice.expovariate(RATE) for _ in range(loaded)],
    }
    with house(sum(map(len, pauses.values()))) as at, at.runner():
        at.wait_quiet()
        first = 1
        for name, some in pauses.items():
            seen = _latencies(at, first, some)
            first += len(some)
            cuts = quantiles(seen, n=100, method="inclusive")
            yield Figure(f"commit_to_shopify_{name}_ms_p50", cuts[49], "ms")
            yield Figure(f"commit_to_shopify_{name}_ms_p99", cuts[98], "ms")


def _latencies(at: House, first: int, pauses: list[float]) -> list[float]:
    """Milliseconds of one change to each of so many products, by this machine's clock."""
    never = threading.Event()
    committed: dict[str, float] = {}
    due = time.time()
    for product, pause in enumerate(pauses, first):
        due += pause
        never.wait(max(0.0, due - time.time()))
        with at.connection.transaction():
            at.connection.execute(SELL, (product,))
            committed[at.sku(product)] = time.time()
    at.wait_quiet()
    set_at = {level["sku"]: level["available_at"] for level in at.sandbox.state()}
    return [1000 * (set_at[sku] - moment) for sku, moment in committed.items()]
