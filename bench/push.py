"""How many calls a push takes: every level of a shop changes at once, and the runner drains it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg

from bench.figures import Figure, Scale, progress
from bench.server import SETTINGS
from demo import process
from demo.postgres import serve
from demo.shop import Shop
from demo.summary import is_quiet
from demo.warehouse import FOLDER

TOKEN = "shpat_bench"
LEVELS = 100_000
VARIANTS_PER_PRODUCT = 10


def measure(scale: Scale) -> Iterator[Figure]:
    """Yield how many writing calls 1,000 changed levels take."""
    products = scale.rows(LEVELS // VARIANTS_PER_PRODUCT)
    with ExitStack() as stack:
        dsn = stack.enter_context(serve(SETTINGS)).dsn
        url, domain = stack.enter_context(
            process.sandbox(
                [
                    f"--products={products}",
                    f"--variants-per-product={VARIANTS_PER_PRODUCT}",
                    f"--token={TOKEN}",
                    "--unlimited",
                ]
            )
        )
        shop = Shop(url, TOKEN)
        stack.callback(shop.close)
        environment = process.environment(dsn, TOKEN, FOLDER / "warehouse.toml")
        with psycopg.connect(dsn, autocommit=True) as connection:
            connection.execute((FOLDER / "schema.sql").read_bytes())
            connection.execute(_FILL, {"products": products * VARIANTS_PER_PRODUCT})
            for _, printed in process.set_up(environment, domain, url):
                progress(printed.splitlines()[0])
            for _, printed in process.go_live(environment, domain):
                progress(printed.splitlines()[0])
            connection.execute("vacuum analyze")
            log = Path(stack.enter_context(TemporaryDirectory())) / "runner.log"
            before = shop.stats()
            with process.runner(environment, log):
                never = threading.Event()
                while not is_quiet(dsn):
                    never.wait(0.05)
            after = shop.stats()
        levels = after["levels_set"] - before["levels_set"]
        yield Figure("push_calls_per_1000_levels", 1000 * (after["mutations"] - before["mutations"]) / levels, "calls")


# One unit of each on the shelf, none in the shop: every level differs.
_FILL = """
with places as (
  insert into warehouse.locations (id, name) values (1, 'Hall') returning id
),
shipments as (
  insert into warehouse.shipments (id, supplier) values (1, 'Bench') returning id
),
products as (
  insert into warehouse.products (id, sku, name)
  select n, 'SKU-' || lpad(n::text, 6, '0'), 'Product ' || n from generate_series(1, %(products)s) as n
  returning id
)
insert into warehouse.shipment_items (shipment_id, product_id, location_id, status)
select shipments.id, products.id, places.id, 'received' from shipments, places, products
"""
