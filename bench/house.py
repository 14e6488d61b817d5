"""A house to push from: a warehouse, a shop at the sandbox with a variant of every product, linked; no runner yet."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg

from bench.figures import progress
from bench.server import SETTINGS
from demo import process
from demo.postgres import serve
from demo.shop import Shop
from demo.summary import is_quiet
from demo.warehouse import FOLDER

TOKEN = "shpat_bench"
VARIANTS_PER_PRODUCT = 10


@dataclass
class House:
    """One location, one unit of each product on its shelf, none in the shop: every level differs."""

    dsn: str
    url: str
    shop: Shop
    connection: psycopg.Connection
    environment: dict[str, str]
    log: Path

    def drain(self) -> None:
        """Run one runner until everything committed is acknowledged."""
        with process.runner(self.environment, self.log):
            self.wait_quiet()

    def wait_quiet(self) -> None:
        """Wait until everything committed is acknowledged."""
        never = threading.Event()
        while not is_quiet(self.dsn):
            never.wait(0.05)


@contextmanager
def house(levels: int) -> Iterator[House]:
    """Serve a linked shop of so many levels, a multiple of ten, with no bucket."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        dsn = stack.enter_context(serve(SETTINGS)).dsn
        size = (f"--products={levels // VARIANTS_PER_PRODUCT}", f"--variants-per-product={VARIANTS_PER_PRODUCT}")
        url, domain = stack.enter_context(process.sandbox([*size, f"--token={TOKEN}", "--unlimited"]))
        shop = Shop(url, TOKEN)
        stack.callback(shop.close)
        environment = process.environment(dsn, TOKEN, FOLDER / "warehouse.toml")
        connection = stack.enter_context(psycopg.connect(dsn, autocommit=True))
        connection.execute((FOLDER / "schema.sql").read_bytes())
        connection.execute(_FILL, {"products": levels})
        for _, printed in process.set_up(environment, domain, url):
            progress(printed.splitlines()[0])
        # As a shop that has been live for long: no run is to be undone, and what a benchmark does is no mistake.
        connection.execute(
            "update sync.shops set mode = 'live'; update sync.guards set zero_share = 1, change_share = 1"
        )
        connection.execute("vacuum analyze")
        yield House(dsn, url, shop, connection, environment, folder / "runner.log")


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
