"""One product on its way between a warehouse and a shop that sells it."""

from __future__ import annotations

import itertools
import json
from typing import Any

from tests.seeds import FRONT, Shelf, entries, level, rows, value

NUMBERS = itertools.count(1)


COLUMNS = "shop_id, product_key, inventory_item_id, location_id, tracked, counted, uncounted, desired, seen"


def shown(shelf: Shelf, *keys: str) -> list[dict[str, object]]:
    """What people see of the levels of some products, or of all."""
    return rows(
        shelf.connection,
        f"select {COLUMNS} from sync.inventory_levels where product_key = any (%s::text[]) or %s order by 1, 2, 3, 4",
        list(keys), not keys,
    )  # fmt: skip


def computed(shelf: Shelf, *keys: str) -> list[dict[str, object]]:
    """What would be pushed of them now."""
    ours = "select distinct product_key from sync.linked_items"
    wanted = list(keys) or [r["product_key"] for r in rows(shelf.connection, ours)]
    return rows(
        shelf.connection,
        f"select {COLUMNS} from (select h.id as shop_id, c.* from sync.shops as h "
        "cross join sync.compute_levels(h.id, %s) as c) as n order by 1, 2, 3, 4",
        wanted,
    )


class Trade:
    """One product on its way between a warehouse and a shop that sells it: the warehouse real, Shopify imitated."""

    def __init__(self, shelf: Shelf, units: int) -> None:
        self.shelf = shelf
        number = next(NUMBERS)
        self.key = shelf.product(f"ORDER-{number}", units)
        self.item = 90_000 + number
        shown = {"variant_id": self.item, "product_id": self.item, "inventory_item_id": self.item, "title": "V",
                 "sku": f"ORDER-{number}", "tracked": True}  # fmt: skip
        shelf.connection.execute(
            "select sync.record_variants(%s, nextval('sync.ticks'), %s::json)", (shelf.shop, json.dumps([shown]))
        )
        shelf.link()
        self.available = self.committed = 0
        self.read()
        self.push()

    def order(self, units: int) -> None:
        self.available -= units
        self.committed += units

    def fulfill(self, units: int) -> None:
        self.committed -= units

    def cancel(self, units: int) -> None:
        self.committed -= units
        self.available += units

    def read(self) -> None:
        self.shelf.see(self.key, FRONT, self.available, self.committed)

    def push(self) -> list[int]:
        """The relay, then a job until nothing is left to say; returns the numbers that Shopify took."""
        self.shelf.relay()
        taken: list[int] = []
        for _ in range(5):
            turn = self.shelf.turn(job=next(NUMBERS))
            steps = self.shelf.prepare(turn, [self.key])
            if not any(step["request_id"] for step in steps):
                self.shelf.connection.execute("delete from sync.pending where key = %s", (self.key,))
                return taken
            for step in steps:
                ((_, location, quantity, before),) = entries(self.shelf, step["request_id"])
                assert location == FRONT
                if before == self.available:
                    self.available = quantity
                    self.shelf.answer(step["request_id"])
                    taken.append(quantity)
                else:
                    self.shelf.answer(step["request_id"], "rejected")
                    self.read()
        raise AssertionError("a job that never ends")

    def reconcile(self) -> Any:
        """A run reads the level and corrects what is wrong."""
        connection = self.shelf.connection
        connection.execute("update sync.runs set state = 'succeeded', finished_at = now() where state = 'running'")
        run = value(connection, "select run_id from sync.claim_run(%s, 'reconcile_inventory')", self.shelf.shop)
        self.read()
        found = rows(connection, "select * from sync.compare_inventory(%s, true)", run)[0]
        connection.execute("select sync.watch_orders(%s)", (self.shelf.shop,))
        return found

    def settle(self) -> int:
        """Reconcile and push; returns what the shop offers."""
        self.reconcile()
        self.push()
        return self.available

    def wait_a_day(self) -> None:
        self.shelf.connection.execute("update sync.levels set unbooked_at = unbooked_at - interval '25 hours'")

    def level(self) -> dict[str, object]:
        return level(self.shelf, self.key)
