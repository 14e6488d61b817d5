"""The catalogue: what changed prices cost, beside the loop of the usual connector; how full the limit is used, and how
long a single change takes."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Iterator
from statistics import quantiles
from typing import Any

from bench.house import House, house
from bench.scale import Scale
from house.figures import Figure, progress

PRODUCTS = 1_000
# Ten times Shopify's standard plan.
CAPACITY, RESTORE_RATE = 2_000, 1_000
RATE, SECONDS = 20, 10
PRICE = "update warehouse.products set price = price + 1"

READ = """
query Read($identifier: ProductIdentifierInput!) {
  productByIdentifier(identifier: $identifier) {
    id handle title status updatedAt variants(first: 250) { nodes { id sku inventoryItem { id tracked } } }
  }
}
"""
WRITE = """
mutation Write($identifier: ProductSetIdentifiers, $input: ProductSetInput!) {
  productSet(identifier: $identifier, input: $input) {
    product { id variants(first: 250) { nodes { id sku inventoryItem { id } } } }
    userErrors { field message code }
  }
}
"""


def measure(scale: Scale) -> Iterator[Figure]:
    """Yield mutations of a pass without changes; calls and points of changed prices, ours and a connector's; the share
    of the limit that is used; percentiles of single changes."""
    products = scale.rows(PRODUCTS)
    with house(products) as at:
        at.do("update warehouse.products set price = 10")
        at.do("select sync.follow_catalog(id, p_price_factor => 1000) from sync.shops")
        at.do("update sync.guards set loss_share = 1, change_share = 1")
        at.do("select sync.mark_shop(id) from sync.shops")
        at.drain()
        at.sandbox.reset_stats()
        at.do("select sync.mark_shop(id) from sync.shops")
        at.drain()
        yield Figure("unchanged_pass_mutations", at.sandbox.stats()["mutations"], "calls")

        yield from _prices(at, products, scale)
        yield from _connector(at, products)
        at.sandbox.bucket()
        yield from _latency(at, products, scale)


def _prices(at: House, products: int, scale: Scale) -> Iterator[Figure]:
    capacity = scale.rows(CAPACITY)
    at.sandbox.bucket(capacity, RESTORE_RATE)
    at.sandbox.reset_stats()
    begun = at.value("select clock_timestamp()")
    at.do(PRICE)
    at.drain()
    seen = at.sandbox.stats()
    progress(f"shelfwire: {seen['by_operation']}")
    per = 1000 / products
    took = (
        "select extract(epoch from max(at) - min(at) + make_interval(secs => min(milliseconds) / 1000.0))::float8 "
        "from sync.calls where at > %s and document in ('Products', 'ProductVariantsBulkUpdate')"
    )
    allowed = capacity + RESTORE_RATE * at.value(took, begun)
    yield Figure("product_calls_per_1000_changed", per * sum(seen["by_operation"].values()), "calls")
    yield Figure("product_points_per_1000_changed", per * seen["cost_charged"], "points")
    yield Figure("product_drain_share_of_limit", seen["cost_charged"] / allowed, "ratio")
    yield Figure("product_drain_throttled", seen["throttled"], "calls")


def _connector(at: House, products: int) -> Iterator[Figure]:
    """One read and one full write of each product, as a loop over changed rows does it."""
    at.sandbox.bucket()
    at.sandbox.reset_stats()
    rows = at.rows(
        "select p.sku, p.name, b.seen ->> 'handle' as handle from warehouse.products as p "
        "join sync.field_bases as b on b.entity = 'product' and b.key = p.id::text"
    )
    for row in rows:
        found = at.sandbox.data(READ, {"identifier": {"handle": row["handle"]}})["productByIdentifier"]
        at.sandbox.data(WRITE, {"identifier": {"id": found["id"]}, "input": _whole(row, found)})
    seen = at.sandbox.stats()
    progress(f"connector: {seen['by_operation']}")
    yield Figure(
        "connector_product_calls_per_1000_changed", 1000 / products * sum(seen["by_operation"].values()), "calls"
    )
    yield Figure("connector_product_points_per_1000_changed", 1000 / products * seen["cost_charged"], "points")


def _whole(row: dict[str, Any], found: dict[str, Any]) -> dict[str, Any]:
    values = [{"optionName": "Title", "name": "Default Title"}]
    variants = [
        {"id": v["id"], "optionValues": values, "price": "11", "sku": row["sku"]} for v in found["variants"]["nodes"]
    ]
    return {
        "title": row["name"], "handle": row["handle"], "status": "ACTIVE", "descriptionHtml": "", "variants": variants,
        "productOptions": [{"name": "Title", "values": [{"name": "Default Title"}]}],
    }  # fmt: skip


def _latency(at: House, products: int, scale: Scale) -> Iterator[Figure]:
    """Milliseconds from before a COMMIT is sent to the product's answer, of changes that come at random.

    As many come before them, unmeasured: a runner that has just started makes its plans with the first.
    """
    dice = random.Random(1)
    changes = min(products // 2, RATE * scale.seconds(SECONDS))
    never = threading.Event()
    with at.runner():
        at.wait_quiet()
        committed: dict[str, float] = {}
        due = time.time()
        for product in dice.sample(range(1, products + 1), 2 * changes):
            due += dice.expovariate(RATE)
            never.wait(max(0.0, due - time.time()))
            committed[str(product)] = time.time()
            at.do("update warehouse.products set price = price + 1 where id = %s", product)
        at.wait_quiet()
    answered = {
        r["key"]: r["at"]
        for r in at.rows(
            "select keys[1] as key, extract(epoch from max(answered_at))::float8 as at from sync.requests "
            "where kind = 'catalog' and state = 'applied' group by 1"
        )
    }
    measured = list(committed.items())[changes:]
    cuts = quantiles([1000 * (answered[key] - moment) for key, moment in measured], n=100, method="inclusive")
    yield Figure("commit_to_product_ms_p50", cuts[49], "ms")
    yield Figure("commit_to_product_ms_p99", cuts[98], "ms")
