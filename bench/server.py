"""A server set up as in production, with our schema, the reference warehouse and, if wanted, a linked shop."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from demo.postgres import Server, serve
from runner.schema import revisions
from runner.warehouse import adapter
from runner.warehouse.mapping import MappingFile

WAREHOUSE = Path(__file__).parent.parent / "warehouses" / "reference"
SETTINGS = {
    "shared_buffers": "512MB",
    "max_wal_size": "4GB",
    "max_connections": "120",
}
LOCATIONS = 4


_ATTACHED = "select 1 from pg_trigger where tgname like 'sync\\_%'"


@dataclass
class Bench:
    """A running server with its filled warehouse."""

    server: Server
    connection: psycopg.Connection
    mapping: MappingFile
    attached: bool = False

    def run(self, statement: str, *params: object) -> None:
        """Run one statement."""
        self.connection.execute(statement.encode(), params or None)

    def value(self, statement: str, *params: object) -> int:
        """The number that a statement returns."""
        row = self.connection.execute(statement.encode(), params or None).fetchone()
        return int(row[0]) if row and row[0] is not None else 0

    def capture(self, wanted: bool) -> None:
        """Attach once, then switch capture off and on by its triggers."""
        if wanted and not self.attached and not self.connection.execute(_ATTACHED).fetchone():
            asyncio.run(adapter.attach(self.server.dsn, self.mapping))
        elif wanted != self.attached:
            self.run(f"alter table warehouse.shipment_items {'enable' if wanted else 'disable'} trigger user")
        self.attached = wanted

    def settle(self) -> None:
        """Give every run the same start: no dead rows, no checkpoint under way."""
        self.run("vacuum analyze warehouse.shipment_items")
        self.run("checkpoint")


@contextmanager
def bench(items: int, products: int) -> Iterator[Bench]:
    """Serve a warehouse of so many units of so many products."""
    with serve(SETTINGS) as server:
        revisions.upgrade(server.dsn)
        with psycopg.connect(server.dsn, autocommit=True) as connection:
            connection.execute((WAREHOUSE / "schema.sql").read_bytes())
            connection.execute(_FILL, {"items": items, "products": products, "locations": LOCATIONS})
            connection.execute("vacuum analyze")
            yield Bench(server, connection, MappingFile(WAREHOUSE / "warehouse.toml"))


_FILL = """
with brand as (
  insert into warehouse.brands (name) values ('Bench') returning id
),
products as (
  insert into warehouse.products (id, brand_id, sku, name)
  select n, brand.id, 'SKU-' || n, 'Product ' || n from brand, generate_series(1, %(products)s) as n
),
locations as (
  insert into warehouse.locations (id, name) select n, 'Hall ' || n from generate_series(1, %(locations)s) as n
),
shipments as (
  insert into warehouse.shipments (id, supplier) values (1, 'Bench')
)
insert into warehouse.shipment_items (id, shipment_id, product_id, location_id, status, qr_code)
select
  n, 1, 1 + n %% %(products)s, 1 + (n / %(products)s) %% %(locations)s,
  case n %% 3 when 0 then 'sold' else 'received' end, 'QR-' || n
from generate_series(1, %(items)s) as n
"""


def link_shop(bench: Bench, products: int) -> None:
    """Add a shop that has a variant of every product and a location for every hall. Every level differs by one."""
    bench.capture(True)  # only an attached warehouse has products
    shop = bench.value("select sync.add_shop('bench.myshopify.com', 'http://localhost', 'token', null, 'x')")
    bench.run(
        "select sync.record_locations(%s, %s)",
        shop,
        json.dumps([{"location_id": n, "name": f"Hall {n}", "is_active": True} for n in range(1, LOCATIONS + 1)]),
    )
    for n in range(1, LOCATIONS + 1):
        bench.run("select sync.map_location(%s, %s, %s)", shop, str(n), n)
    ids = range(1, products + 1)
    variants = [
        {
            "variant_id": n,
            "product_id": n,
            "inventory_item_id": n,
            "sku": f"SKU-{n}",
            "title": f"Product {n}",
            "tracked": True,
        }
        for n in ids
    ]
    bench.run("select sync.record_variants(%s, now(), %s)", shop, json.dumps(variants))
    bench.run(
        "insert into sync.levels (shop_id, inventory_item_id, location_id, available, seen_at)"
        " select %s, i.product_id, i.location_id, 1 + count(*) filter (where i.status = 'received'), now()"
        " from warehouse.shipment_items as i group by i.product_id, i.location_id",
        shop,
    )
    bench.run("select sync.link_products(%s, now() - interval '1 minute')", shop)
    bench.run("vacuum analyze")
