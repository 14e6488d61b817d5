"""A warehouse and a shop written in SQL: what tests start from when nothing needs to be asked of Shopify."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import psycopg
from psycopg.rows import DictRow

Connection = psycopg.Connection[DictRow]

DOMAIN = "one.myshopify.com"
# The Shopify location that shows warehouse location 1, and the one that shows warehouse location 2.
FRONT, BACK = 11, 12


def rows(connection: psycopg.Connection[Any], statement: str, *params: object) -> list[Any]:
    """Every row of a statement."""
    return connection.execute(statement.encode(), params or None).fetchall()


def value(connection: psycopg.Connection[Any], statement: str, *params: object) -> Any:
    """The first column of the first row."""
    row = connection.execute(statement.encode(), params or None).fetchone()
    assert row is not None
    return next(iter(row.values())) if isinstance(row, dict) else row[0]


@dataclass
class Shelf:
    """The reference warehouse with two locations and a shop, and shorthands for what happens to them."""

    connection: Connection
    shop: int = 0
    items: dict[str, int] = field(default_factory=dict)

    def furnish(self) -> Shelf:
        """Create the locations, a shipment, and the shop with both locations mapped."""
        self.connection.execute(
            "insert into warehouse.locations (id, name) overriding system value values (1, 'Front'), (2, 'Back'); "
            "insert into warehouse.shipments (id, supplier) overriding system value values (1, 'A supplier')"
        )
        self.shop = self.add_shop(DOMAIN)
        self.drain()
        return self

    def add_shop(self, domain: str) -> int:
        """Another shop that shows both locations; returns its id."""
        shop = int(value(self.connection, "select sync.add_shop(%s, 'https://x', 'token', null, 'x')", domain))
        self.connection.execute("update sync.shops set mode = 'live' where id = %s", (shop,))
        self.connection.execute("update sync.writers set confirmed_at = 'infinity' where shop_id = %s", (shop,))
        # What tests do to a shop of a few products is unusual.
        self.connection.execute("update sync.guards set loss_share = 1, change_share = 1 where shop_id = %s", (shop,))
        shown = [{"location_id": n, "name": f"Shop {n}", "is_active": True} for n in (FRONT, BACK)]
        self.connection.execute("select sync.record_locations(%s, %s::json)", (shop, json.dumps(shown)))
        for key, location in (("1", FRONT), ("2", BACK)):
            self.connection.execute("select sync.map_location(%s, %s, %s)", (shop, key, location))
        return shop

    def product(self, sku: str | None, units: int = 0, location: int = 1) -> str:
        """A product with received units; returns its key."""
        key = str(
            value(
                self.connection,
                "insert into warehouse.products (sku, name) values (%s, %s) returning id",
                sku,
                sku or "",
            )
        )
        self.receive(key, units, location)
        return key

    def receive(self, key: str, units: int, location: int = 1, status: str = "received") -> None:
        """Insert units in one statement."""
        self.connection.execute(
            "insert into warehouse.shipment_items (shipment_id, product_id, location_id, status) "
            "select 1, %s, %s, %s from generate_series(1, %s)",
            (key, location, status, units),
        )

    def sell(self, key: str, units: int = 1) -> None:
        """Sell received units, oldest first."""
        self.connection.execute(
            "update warehouse.shipment_items set status = 'sold' where id in (select id from "
            "warehouse.shipment_items where product_id = %s and status = 'received' order by id limit %s)",
            (key, units),
        )

    def tick(self) -> int:
        """The tick of a reading that begins now."""
        return int(value(self.connection, "select nextval('sync.ticks')"))

    def variants(self, skus: Iterable[str | None], *, shop: int = 0, tracked: bool = True) -> None:
        """Variants as Shopify shows them; the first has variant 1001 and inventory item 2001."""
        shown = [
            {
                "variant_id": 1001 + n,
                "product_id": 501 + n,
                "inventory_item_id": 2001 + n,
                "sku": sku,
                "title": f"Variant {n}",
                "tracked": tracked,
            }
            for n, sku in enumerate(skus)
        ]
        self.connection.execute(
            "select sync.record_variants(%s, nextval('sync.ticks'), %s::json)", (shop or self.shop, json.dumps(shown))
        )

    def link(self, *, shop: int = 0) -> DictRow:
        """Link by SKU; returns the counts."""
        found = rows(self.connection, "select * from sync.link_products(%s)", shop or self.shop)[0]
        assert isinstance(found, dict)
        self.items = {
            r["product_key"]: r["inventory_item_id"]
            for r in rows(self.connection, "select * from sync.links where state = 'ok' and shop_id = %s", self.shop)
        }
        return found

    def see(self, key: str, location: int, available: int, committed: int = 0, *, shop: int = 0) -> None:
        """Shopify shows a level now."""
        level = {
            "inventory_item_id": self.items[key],
            "location_id": location,
            "available": available,
            "committed": committed,
        }
        self.connection.execute(
            "select sync.record_levels(%s, nextval('sync.ticks'), %s, %s::json)",
            (shop or self.shop, [self.items[key]], json.dumps([level])),
        )

    def settle(self) -> None:
        """Forget what linking and seeding left to do, as if it had been pushed."""
        self.connection.execute(
            "delete from sync.pending; delete from sync.change_queue_0; delete from sync.change_queue_1; "
            "delete from sync.change_log; delete from pgqueuer.pgqueuer; delete from pgqueuer.pgqueuer_log"
        )

    def stocked(self, *units: int) -> list[str]:
        """Linked products with that many units at the front, all of them known to the shop; returns their keys."""
        keys = [self.product(f"SKU-{n}", count) for n, count in enumerate(units)]
        self.variants([f"SKU-{n}" for n in range(len(units))])
        self.link()
        for key, count in zip(keys, units, strict=True):
            self.see(key, FRONT, count)
        self.settle()
        return keys

    def relay(self) -> DictRow:
        """One pass of the relay."""
        found = rows(self.connection, "select * from sync.relay_changes()")[0]
        assert isinstance(found, dict)
        return found

    def queue(self) -> list[tuple[str, str, str | None, str | None]]:
        """What waits in the change queues: entity, operation, key, old key; sorted."""
        found = rows(
            self.connection,
            "select entity, op, key, old_key from sync.queued_changes order by 1, 2, 3, 4",
        )
        return [(r["entity"], r["op"], r["key"], r["old_key"]) for r in found]

    def drain(self) -> list[tuple[str, str, str | None, str | None]]:
        """As ``queue``, and empty it."""
        found = self.queue()
        self.connection.execute("delete from sync.change_queue_0; delete from sync.change_queue_1")
        return found

    def pending(self) -> dict[str, DictRow]:
        """Pending rows of the shop by key."""
        return {r["key"]: r for r in rows(self.connection, "select * from sync.pending where shop_id = %s", self.shop)}

    def prepared(self, keys: list[str], *, lane: int = 0, job: int = 1, size: int = 250) -> list[DictRow]:
        """Claim a lane and prepare a push; returns its steps."""
        return self.prepare(self.turn(lane, job), keys, size)

    def prepare(self, turn: str, keys: list[str], size: int = 250) -> list[DictRow]:
        """Prepare a push in a lane that is claimed; returns its steps."""
        return rows(self.connection, "select * from sync.prepare_push(%s::sync.turn, %s, %s)", turn, keys, size)

    def claim(self, lane: int = 0, job: int = 1) -> list[DictRow]:
        """Take a lane for a job; returns its steps, each with the generation, the first a take."""
        return rows(
            self.connection,
            "select generation, (step).* from sync.claim_push(%s, 'inventory', %s, %s)", self.shop, lane, job,
        )  # fmt: skip

    def turn(self, lane: int = 0, job: int = 1) -> str:
        """Take a lane for a job; returns the turn, as text."""
        return self.turn_of(self.claim(lane, job)[0]["generation"], lane, job)

    def turn_of(self, generation: int, lane: int = 0, job: int = 1) -> str:
        """A turn in a lane, as text."""
        return f"({self.shop},inventory,{lane},{job},{generation})"

    def advance(
        self, turn: str, *keys: str, then: str = "go on", applied: object = None, cost: int | None = None
    ) -> list[DictRow]:
        """A round of a job; returns its steps."""
        return rows(
            self.connection,
            "select * from sync.advance_push(%s::sync.turn, %s, %s, %s::json, %s::json)",
            turn, list(keys), then, applied and json.dumps(applied), json.dumps({"InventorySetQuantities": cost}),
        )  # fmt: skip

    def settle_push(self, turn: str, *keys: str) -> int:
        """A job has pushed keys; returns how many are settled."""
        return int(value(self.connection, "select settled from sync.settle_push(%s::sync.turn, %s)", turn, list(keys)))

    def call(self, **entry: object) -> None:
        """Log a call of one millisecond, or as ``entry`` says."""
        self.connection.execute(
            "select sync.record_call(%s, %s::json)",
            (self.shop, json.dumps({"document": "Shop", "milliseconds": 1, "reserved": 1, "actual": 1} | entry)),
        )

    def answer(self, request: int, state: str = "applied", refusals: list[dict[str, object]] | None = None) -> bool:
        """Note how a request ended."""
        return bool(
            value(
                self.connection,
                "select sync.close_request(%s, %s, '{}', %s::json)",
                request, state, json.dumps(refusals or []),
            )
        )  # fmt: skip


def entries(shelf: Shelf, request: int) -> list[tuple[int, int, int, int | None]]:
    """What a request carries: item, location, quantity, quantity before."""
    found = rows(
        shelf.connection,
        "select e.* from sync.requests as r cross join sync.level_entries(r.variables) as e where r.id = %s "
        "order by index",
        request,
    )
    return [(r["inventory_item_id"], r["location_id"], r["quantity"], r["change_from_quantity"]) for r in found]


def level(shelf: Shelf, key: str, location: int = FRONT) -> dict[str, object]:
    """A product's level at a location, as last seen."""
    found = rows(
        shelf.connection,
        "select * from sync.levels where inventory_item_id = %s and location_id = %s",
        shelf.items[key],
        location,
    )
    assert len(found) == 1
    return dict(found[0])
