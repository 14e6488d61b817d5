"""The demo's warehouse at work: units received, sold, moved, returned, one by one and in bulk."""

from __future__ import annotations

import random
import threading
from collections.abc import Sequence
from pathlib import Path

import psycopg

from demo.shop import Variant

FOLDER = Path(__file__).parent.parent / "warehouses" / "reference"
HALLS = ("Hall A", "Hall B")
# Between two statements of the people at work, in seconds.
PAUSE = 0.02

ONE_UNIT = "(select id from warehouse.shipment_items where product_id = %(product)s and status = %(status)s limit 1)"

ACTIONS = (
    # Units are received, a few at a time.
    (3, "insert into warehouse.shipment_items (shipment_id, product_id, location_id, status) "
        "select %(shipment)s, %(product)s, %(hall)s, 'received' from generate_series(1, %(units)s)"),
    # One is sold at the counter, one of the sold comes back.
    (8, f"update warehouse.shipment_items set status = 'sold' where id = {ONE_UNIT}"),
    (2, "update warehouse.shipment_items set status = 'received' where id = "
        "(select id from warehouse.shipment_items where product_id = %(product)s and status = 'sold' limit 1)"),
    # One is carried to the other hall, one was labelled as the wrong product, one breaks.
    (2, f"update warehouse.shipment_items set location_id = %(hall)s where id = {ONE_UNIT}"),
    (1, f"update warehouse.shipment_items set product_id = %(other)s where id = {ONE_UNIT}"),
    (1, f"update warehouse.shipment_items set status = 'damaged' where id = {ONE_UNIT}"),
    # Nothing the shop cares about.
    (3, f"update warehouse.shipment_items set storage_position = 'R' || %(units)s where id = {ONE_UNIT}"),
)  # fmt: skip

BULK_ACTIONS = (
    "update warehouse.shipment_items set status = 'received' where shipment_id = %(shipment)s and status = 'expected'",
    "update warehouse.shipment_items set status = 'reserved' "
    "where shipment_id = %(shipment)s and status = 'received' and id %% 4 = 0",
    "update warehouse.shipment_items set status = 'received' where status = 'reserved'",
    "delete from warehouse.shipment_items where status in ('damaged', 'lost')",
)


def fill(connection: psycopg.Connection, variants: Sequence[Variant], seed: int) -> int:
    """Put one product per variant on the shelves; returns how many units lie there.

    A fifth of the units is expected with shipments that will be received while the demo runs.
    """
    chance = random.Random(seed)
    connection.execute((FOLDER / "schema.sql").read_bytes())
    with connection.cursor() as cursor:
        cursor.executemany("insert into warehouse.locations (name) values (%s)", [(hall,) for hall in HALLS])
        cursor.executemany(
            "insert into warehouse.shipments (supplier) values (%s)", [(f"Supplier {n}",) for n in range(1, 11)]
        )
        with cursor.copy("copy warehouse.products (sku, name, price, barcode) from stdin") as copy:
            for variant in variants:
                copy.write_row((variant.sku, variant.title, variant.price, variant.barcode))
        units = 0
        with cursor.copy(
            "copy warehouse.shipment_items (shipment_id, product_id, location_id, status) from stdin"
        ) as copy:
            for product_id in range(1, len(variants) + 1):
                for _ in range(chance.randint(0, 30)):
                    status = "expected" if chance.random() < 0.2 else "received"
                    copy.write_row((chance.randint(1, 10), product_id, chance.randint(1, 2), status))
                    units += 1
    connection.execute("analyze warehouse.shipment_items")
    return units


class Activity:
    """People at work in the warehouse, in a thread of their own."""

    def __init__(self, dsn: str, products: int, seed: int) -> None:
        self._dsn = dsn
        self._products = products
        self._chance = random.Random(seed)
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._work, name="warehouse")
        self.statements = 0

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """Finish the statement at hand."""
        self._stopping.set()
        self._thread.join()

    def has_ended(self, seconds: float) -> bool:
        """Wait up to ``seconds`` and say whether the work ended by itself, which is a failure."""
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def _work(self) -> None:
        weights, statements = zip(*ACTIONS, strict=True)
        with psycopg.connect(self._dsn, autocommit=True) as connection:
            while not self._stopping.wait(PAUSE):
                bulk = self._chance.random() < 0.02
                chosen = self._chance.choice(BULK_ACTIONS) if bulk else self._chance.choices(statements, weights)[0]
                connection.execute(chosen.encode(), self._parameters())
                self.statements += 1

    def _parameters(self) -> dict[str, object]:
        return {
            "product": self._chance.randint(1, self._products),
            "other": self._chance.randint(1, self._products),
            "shipment": self._chance.randint(1, 10),
            "hall": self._chance.randint(1, 2),
            "units": self._chance.randint(1, 12),
            "status": "received",
        }
