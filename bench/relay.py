"""How fast the relay empties the change queue, and whether somebody's long snapshot slows it down."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median

import psycopg

from bench.scale import Scale
from bench.server import Bench, bench, link_shop
from house.figures import Figure, progress

ITEMS = 100_000
PRODUCTS = 5_000
QUEUED = 1_000_000
ROUNDS = 3
HELD_ROUNDS = 3
HELD_CHUNKS = 10
HELD_QUEUED = 50_000

# Some products sell far more often than others.
QUEUE = """insert into sync.change_queue_{} (watch, op, key)
select w.watch, 'update', (1 + floor(%s * random() ^ 2))::integer::text from generate_series(1, %s)
cross join sync.watches as w where w.relation = 'warehouse.shipment_items'"""


def measure(scale: Scale) -> Iterator[Figure]:
    """Yield the relay's throughput, and how much of it is left under a held snapshot."""
    products = scale.rows(PRODUCTS)
    with bench(scale.rows(ITEMS), products) as at:
        at.capture(True)
        logged = [_throughput(at, products, scale.rows(QUEUED)) for _ in range(scale.rounds(ROUNDS))]
        progress(f"log only, no shop: {median(logged):.0f} rows/s")
        link_shop(at, products)
        linked = []
        for _ in range(scale.rounds(ROUNDS)):
            linked.append(_throughput(at, products, scale.rows(QUEUED)))
            progress(f"one linked shop: {linked[-1]:.0f} rows/s")
        yield Figure("relay_rows_per_s", median(linked), "rows/s")
        yield Figure("relay_log_only_rows_per_s", median(logged), "rows/s")

        ratios = []
        for _ in range(scale.rounds(HELD_ROUNDS)):
            free = _turns(at, products, scale.rows(HELD_QUEUED))
            with _snapshot(at):
                held = _turns(at, products, scale.rows(HELD_QUEUED))
            ratios.append(held / free)
            progress(f"turns: {free:.0f} rows/s, {held:.0f} rows/s under a snapshot: {ratios[-1]:.3f}")
        yield Figure("relay_under_held_xmin_ratio", median(ratios), "ratio")


def _throughput(at: Bench, products: int, rows: int) -> float:
    """Rows relayed per second with so many waiting."""
    _queue(at, products, rows)
    at.run("vacuum analyze sync.change_queue_0, sync.change_queue_1, sync.pending")
    at.run("checkpoint")
    return rows / _drain(at)


def _turns(at: Bench, products: int, rows: int) -> float:
    """Rows relayed per second while the queues fill, are emptied and take turns, as in a runner's day."""
    seconds = 0.0
    for _ in range(HELD_CHUNKS):
        _queue(at, products, rows)
        seconds += _drain(at)
    return HELD_CHUNKS * rows / seconds


def _queue(at: Bench, products: int, rows: int) -> None:
    active = at.value("select mod(last_value, 2) from sync.active_queue")
    at.run(QUEUE.format(active), products, rows)


def _drain(at: Bench) -> float:
    """Seconds until a pass finds nothing more."""
    started = time.perf_counter()
    while at.value("select relayed from sync.relay_changes()"):
        pass
    return time.perf_counter() - started


@contextmanager
def _snapshot(at: Bench) -> Iterator[None]:
    """Hold a snapshot, as a long report does."""
    with psycopg.connect(at.dsn) as report:
        report.execute("set transaction isolation level repeatable read")
        report.execute("select count(*) from warehouse.products")
        yield
