"""How long the stock of 250 products, as many as one call to Shopify takes, is read from a million rows."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from statistics import median

import psycopg

from bench.scale import Scale
from bench.server import SUPERUSER, Bench, database, fill
from house import postgres, warehouse
from house.figures import Figure
from house.warehouse import WAREHOUSES

ROWS = 1_000_000
ROWS_OF_PRODUCT = 20
KEYS = 250
CALLS = 50
READ = "select * from sync.read_stock(%s)"
PARTNERS = """
insert into partner_partner (code, name) select 'P-' || n, 'Partner ' || n from generate_series(1, %(partners)s) as n"""
PRODUCTS = """
insert into catalogue_product (upc, title)
select 'UPC-' || n, 'Product ' || n from generate_series(1, %(products)s) as n"""
STOCK = """
insert into partner_stockrecord (product_id, partner_id, partner_sku, num_in_stock, num_allocated)
select p.id, r.id, 'SKU-' || p.id, p.id %% 50, p.id %% 3 from catalogue_product as p cross join partner_partner as r"""


def reference(at: Bench, rows: int, products: int) -> None:
    """One row is one unit, and all that is read is in one table."""
    fill(at, rows, products)
    at.capture(True)


def joined(at: Bench, rows: int, products: int) -> None:
    """Whether a stock record counts is said by its product, and by the parent of that."""
    oscar = WAREHOUSES / "oscar"
    warehouse.build(at.application, oscar)
    with psycopg.connect(at.application) as connection:
        for statement in (PARTNERS, PRODUCTS, STOCK):
            connection.execute(statement.encode(), {"partners": rows // products, "products": products})
    at.run("vacuum analyze")
    warehouse.attach(at.dsn, oscar)


# How the warehouse is filled with so many rows of so many products, numbered from 1, and attached.
FORMS: dict[str, Callable[[Bench, int, int], None]] = {
    "stock_select_250_keys_ms": reference,
    "stock_select_250_keys_joined_ms": joined,
}


def measure(scale: Scale) -> Iterator[Figure]:
    """Yield the median of some calls, each for products drawn anew."""
    rows = scale.rows(ROWS)
    products = rows // ROWS_OF_PRODUCT
    for name, furnish in FORMS.items():
        with postgres.serve(postgres.PRODUCTION) as server, database(server, SUPERUSER) as at:
            furnish(at, rows, products)
            yield Figure(name, _read(at, products, scale.rounds(CALLS)), "ms")


def _read(at: Bench, products: int, calls: int) -> float:
    dice = random.Random(1)
    seen = []
    for _ in range(calls):
        keys = [str(key) for key in dice.sample(range(1, products + 1), min(KEYS, products))]
        started = time.perf_counter()
        found = at.connection.execute(READ, (keys,)).fetchall()
        seen.append(1000 * (time.perf_counter() - started))
        if not found:
            raise RuntimeError("there is no stock")
    return median(seen)
