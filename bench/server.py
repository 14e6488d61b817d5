"""A server set up as in production, with our schema, the reference warehouse and, if wanted, a linked shop."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg
from psycopg.conninfo import make_conninfo

from house import postgres, warehouse
from house.postgres import Server
from house.warehouse import Product
from runner.schema import revisions

HALLS = [f"Hall {n}" for n in range(1, 5)]
SUPERUSER = "postgres"
# The application's own role, whose tables the warehouse's are: it may create roles and schemas, no event trigger.
APPLICATION = "application"
ATTACHED = "select 1 from pg_trigger where tgname like 'sync\\_%'"
FILL = """
insert into warehouse.shipment_items (id, shipment_id, product_id, location_id, status, qr_code)
select
  n, 1, 1 + n %% %(products)s, 1 + (n / %(products)s) %% %(halls)s,
  case n %% 3 when 0 then 'sold' else 'received' end, 'QR-' || n
from generate_series(1, %(items)s) as n
"""


@dataclass
class Bench:
    """A filled warehouse in a database of its own.

    Attributes:
        dsn: as the role that has installed our schema, and attaches.
        application: as the role that owns the warehouse's tables and writes to them.
        connection: as superuser.
        attached: whether capture is on.
    """

    server: Server
    dsn: str
    application: str
    connection: psycopg.Connection
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
        if wanted and not self.attached and not self.connection.execute(ATTACHED).fetchone():
            warehouse.attach(self.dsn)
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
    with postgres.serve(postgres.PRODUCTION) as server, database(server, SUPERUSER) as at:
        fill(at, items, products)
        yield at


@contextmanager
def database(server: Server, role: str) -> Iterator[Bench]:
    """Make a database of the application's, into which ``role`` installs our schema: from that its form follows."""
    with psycopg.connect(server.dsn, autocommit=True) as connection:
        if not connection.execute("select 1 from pg_roles where rolname = %s", (APPLICATION,)).fetchone():
            connection.execute(f"create role {APPLICATION} login createrole".encode())
        name = f"guest_of_{role}"
        connection.execute(f"create database {name} owner {APPLICATION}".encode())
    dsn, application = (make_conninfo(server.dsn, dbname=name, user=user) for user in (role, APPLICATION))
    revisions.upgrade(dsn)
    with psycopg.connect(server.dsn, dbname=name, autocommit=True) as connection:
        yield Bench(server, dsn, application, connection)


def fill(bench: Bench, items: int, products: int) -> None:
    """Give the application the reference warehouse with so many units of so many products."""
    warehouse.build(bench.application)
    named = [Product(f"SKU-{n}", f"Product {n}") for n in range(1, products + 1)]
    with psycopg.connect(bench.application, autocommit=True) as connection:
        warehouse.stock(connection, named, HALLS)
        connection.execute(FILL, {"items": items, "products": products, "halls": len(HALLS)})
    bench.run("vacuum analyze")


def link_shop(bench: Bench, products: int) -> None:
    """Add a shop that has a variant of every product and a location for every hall. Every level differs by one."""
    bench.capture(True)  # only an attached warehouse has products
    shop = bench.value("select sync.add_shop('bench.myshopify.com', 'http://localhost', 'token', null, 'x')")
    bench.run(
        "select sync.record_locations(%s, %s)",
        shop,
        json.dumps([{"location_id": n, "name": hall, "is_active": True} for n, hall in enumerate(HALLS, start=1)]),
    )
    for n in range(1, len(HALLS) + 1):
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
    bench.run("select sync.record_variants(%s, nextval('sync.ticks'), %s)", shop, json.dumps(variants))
    bench.run(
        "insert into sync.levels (shop_id, inventory_item_id, location_id, available, seen_at, seen_tick)"
        " select %s, i.product_id, i.location_id, 1 + count(*) filter (where i.status = 'received'), now(),"
        " nextval('sync.ticks') from warehouse.shipment_items as i group by i.product_id, i.location_id",
        shop,
    )
    bench.run("select sync.link_products(%s)", shop)
    bench.run("vacuum analyze")
