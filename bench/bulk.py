"""Whole shops: reconciled, pushed, imported by bulk operations, beside single calls and the usual connector's pages."""

from __future__ import annotations

import asyncio
import random
import re
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from bench.reconcile import own_seconds, server_seconds
from bench.scale import Scale
from house import core, postgres, process, sandbox, warehouse
from house.figures import Figure, progress
from house.postgres import Server
from house.warehouse import Product
from runner.schema import revisions

# Levels are those of variants at so many locations.
LOCATIONS = 10
SMALL, LARGE = 100_000, 1_000_000
EDITS = 200
PRODUCTS = 2_000
# Shopify's standard plan.
CAPACITY, RESTORE_RATE = 2_000, 100
# Products that a connector reads, with a page of all that belongs to each.
IMPORTED = 2_000
PAGE = """query($after: String) {
  products(first: 25, after: $after) {
    nodes {
      id title handle status vendor productType tags descriptionHtml updatedAt
      media(first: 10) { nodes { id alt status } }
      collections(first: 10) { nodes { id } }
      metafields(first: 10) { nodes { namespace key value } }
      variants(first: 10) { nodes { id sku price compareAtPrice barcode inventoryItem { id tracked
        inventoryLevels(first: 10) { nodes { location { id } quantities(names: ["available"]) { name quantity } } }
      } } }
    }
    pageInfo { hasNextPage endCursor }
  }
}"""


def measure(scale: Scale) -> Iterator[Figure]:
    """Yield what a pass over all levels takes, of CPU and of memory, and ten times as many; rows fetched per second;
    calls of a full push, by bulk operations and by single calls; an import, beside a connector's by pages."""
    small = list(_reconciled(scale.rows(SMALL)))
    yield Figure("reconcile_100k_cpu_s", small[0], "s")
    yield Figure("bulk_rows_per_s", small[2], "rows/s")
    large = list(_reconciled(scale.rows(LARGE)))
    yield Figure("reconcile_1m_over_100k", large[0] / small[0], "ratio")
    yield Figure("reconcile_rss_mb", max(small[1], large[1]), "MB")
    yield from _pushed(scale.rows(PRODUCTS))
    yield from _imported(scale.rows(IMPORTED))


def _reconciled(levels: int) -> Iterator[float]:
    """CPU seconds of the pass and of Postgres, the peak of memory in MB, rows fetched and noted per second."""
    with wide(max(10, levels // LOCATIONS), LOCATIONS) as (at, server):
        dice = random.Random(1)
        skus = sorted({level["sku"] for level in at.sandbox.state()})
        for sku in dice.sample(skus, min(EDITS, len(skus) // 2)):
            at.sandbox.edit(sku, dice.randrange(1, 100))
        at.do("update sync.kinds set bulk_above = -1")
        # What the warehouse was furnished with is not a part of the pass.
        while at.value("select unfinished from sync.relay_changes()"):
            pass
        at.do("delete from sync.pending")
        at.do("vacuum analyze")
        ours, theirs = own_seconds(), server_seconds(server)
        with _Phases(at) as phases:
            started = process.start("cli", "reconcile", "inventory", "--dry-run", environment=at.environment)
            peak = 0
            while started.poll() is None:
                with suppress(FileNotFoundError, ProcessLookupError):
                    if found := re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{started.pid}/status").read_text()):
                        peak = max(peak, int(found[1]))
                time.sleep(0.05)
        used = own_seconds() - ours + server_seconds(server) - theirs
        (run,) = at.rows("select result, way from sync.runs where kind = 'reconcile_inventory'")
        progress(f"{levels:,} levels: {run['way']}; {run['result']}; {used:.1f} s of CPU, {phases.seconds:.1f} s noted")
        yield used
        yield peak / 1024
        yield phases.rows / phases.seconds


class _Phases:
    """How long the result of the last operation took from its end at Shopify until it was noted."""

    def __init__(self, at: core.House) -> None:
        self.rows, self.seconds = 0, 1.0
        self._dsn, self._over = at.dsn, threading.Event()
        self._thread = threading.Thread(target=self._watch, args=(core.House(at.dsn, at.sandbox),))

    def __enter__(self) -> _Phases:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self, at: core.House) -> None:
        begun = None
        while not self._over.wait(0.02):
            found = at.rows("select state, object_count from sync.bulk_operations order by id desc limit 1")
            state = found[0]["state"] if found else None
            if begun is None and state in ("completed", "whole"):
                begun = time.monotonic()
            if begun is not None and state == "done":
                self.rows, self.seconds = found[0]["object_count"], time.monotonic() - begun
                break
        at.close()


@contextmanager
def wide(products: int, locations: int, *options: str) -> Iterator[tuple[core.House, Server]]:
    """A linked shop of so many products at so many locations, each with a hall of its own; every level is right."""
    with ExitStack() as stack:
        server = stack.enter_context(postgres.serve(postgres.PRODUCTION))
        names = [f"Store {n}" for n in range(1, locations + 1)]
        chosen = options or ("--unlimited",)
        shop = stack.enter_context(sandbox.running(f"--products={products}", f"--locations={','.join(names)}", *chosen))
        at = core.House(server.dsn, shop)
        stack.callback(at.close)
        warehouse.build(at.dsn)
        rows = [Product(f"SKU-{n:06}", f"Product {n}", "10") for n in range(1, products + 1)]
        warehouse.stock(at.connection, rows, halls=names)
        revisions.upgrade(at.dsn)
        warehouse.attach(at.dsn)
        at.do("update sync.kinds set bulk_above = 10")
        asyncio.run(at.join([f"{n}={name}" for n, name in enumerate(names, start=1)]))
        at.do("update sync.schedules set is_enabled = false where run_kind is not null")
        at.do("vacuum analyze")
        progress(f"{at.value('select count(*) from sync.levels'):,} levels linked")
        yield at, server


def _pushed(products: int) -> Iterator[Figure]:
    """A catalogue that comes into an empty shop."""
    for name, size in (("bulk", 2_000), ("single", None)):
        with wide(1, 1, f"--capacity={CAPACITY}", f"--restore-rate={RESTORE_RATE}") as (at, _):
            at.do("update sync.kinds set bulk_size = %s, bulk_above = 10 where kind = 'catalog'", size)
            at.do(
                "insert into warehouse.products (sku, name, price) "
                "select 'NEW-' || n, 'New ' || n, 5 from generate_series(1, %s) as n",
                products,
            )
            at.do("select sync.relay_changes()")
            at.do("select sync.follow_catalog(id, p_price_factor => 1000) from sync.shops")
            at.do("update sync.guards set loss_share = 1, change_share = 1, held_at = null, held_reason = null")
            at.do("select sync.mark_shop(id) from sync.shops")
            at.sandbox.reset_stats()
            begun = time.monotonic()
            with at.runner():
                at.wait_quiet(patience=3600, pause=0.5)
            seconds = time.monotonic() - begun
            seen = at.sandbox.stats()
            progress(f"{name}: {seconds:.0f} s, {seen['by_operation']}")
            made = at.value("select count(*) from sync.product_links where state = 'ok'")
            assert made >= products, made
            calls = sum(seen["by_operation"].values())
            yield Figure(f"full_push_{name}_calls_per_1000_products", 1000 / products * calls, "calls")
            yield Figure(f"full_push_{name}_points_per_1000_products", 1000 / products * seen["cost_charged"], "points")
            yield Figure(f"full_push_{name}_s_per_1000_products", 1000 / products * seconds, "s")


def _imported(products: int) -> Iterator[Figure]:
    """The whole catalogue with its stock, ours by bulk operations and a connector's page by page."""
    with wide(products, 1, f"--capacity={CAPACITY}", f"--restore-rate={RESTORE_RATE}") as (at, _):
        at.do("update sync.kinds set bulk_above = -1")
        at.sandbox.bucket(CAPACITY, RESTORE_RATE)
        at.sandbox.reset_stats()
        begun = time.monotonic()
        at.command("import", "products")
        at.command("import", "levels")
        yield Figure("import_bulk_s_per_1000_products", 1000 / products * (time.monotonic() - begun), "s")
        points = at.sandbox.stats()["cost_charged"]
        yield Figure("import_bulk_points_per_1000_products", 1000 / products * points, "points")
        at.sandbox.bucket(CAPACITY, RESTORE_RATE)
        at.sandbox.reset_stats()
        begun = time.monotonic()
        after, pages = None, 0
        while True:
            body = at.sandbox.query(PAGE, {"after": after})
            if "errors" in body:
                time.sleep(1.0)  # Throttled: what such a connector does.
                continue
            page, pages = body["data"]["products"], pages + 1
            if not page["pageInfo"]["hasNextPage"]:
                break
            after = page["pageInfo"]["endCursor"]
        progress(f"connector: {pages} pages")
        yield Figure("import_connector_s_per_1000_products", 1000 / products * (time.monotonic() - begun), "s")
        points = at.sandbox.stats()["cost_charged"]
        yield Figure("import_connector_points_per_1000_products", 1000 / products * points, "points")
