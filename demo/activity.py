"""People at work in the demo's warehouse: units received, sold, moved, returned, one by one and in bulk."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg

from house.crew import Crew
from house.warehouse import HALLS, RECEIVE, SUPPLIERS, change

# Between two statements of the people at work, in seconds.
PAUSE = 0.02
SHARE_IN_BULK = 0.02

ACTIONS = (
    # Units are received, a few at a time.
    (3, RECEIVE),
    # One is sold at the counter, one of the sold comes back.
    (8, change("status = 'sold'")),
    (2, change("status = 'received'", "sold")),
    # One is carried to the other hall, one was labelled as the wrong product, one breaks.
    (2, change("location_id = %(hall)s")),
    (1, change("product_id = %(other)s")),
    (1, change("status = 'damaged'")),
    # Nothing the shop cares about.
    (3, change("storage_position = 'R' || %(units)s")),
)

BULK_ACTIONS = (
    "update warehouse.shipment_items set status = 'received' where shipment_id = %(shipment)s and status = 'expected'",
    "update warehouse.shipment_items set status = 'reserved' "
    "where shipment_id = %(shipment)s and status = 'received' and id %% 4 = 0",
    "update warehouse.shipment_items set status = 'received' where status = 'reserved'",
    "delete from warehouse.shipment_items where status in ('damaged', 'lost')",
)


class Activity:
    """What they do, from its seed, in a thread of their own."""

    def __init__(self, dsn: str, products: int, seed: int) -> None:
        self._crew = Crew(dsn)
        self._products = products
        self._chance = random.Random(seed)

    @contextmanager
    def running(self) -> Iterator[None]:
        """Work for the length of a block."""
        with self._crew.working(self._work):
            yield

    def wait(self, seconds: float) -> list[str]:
        """Let them work; returns what has disturbed them."""
        self._crew.wait(seconds)
        return self._crew.errors

    def _work(self, connection: psycopg.Connection[Any]) -> None:
        weights, statements = zip(*ACTIONS, strict=True)
        for _ in self._crew.pauses(PAUSE):
            bulk = self._chance.random() < SHARE_IN_BULK
            chosen = self._chance.choice(BULK_ACTIONS) if bulk else self._chance.choices(statements, weights)[0]
            connection.execute(chosen.encode(), self._parameters())

    def _parameters(self) -> dict[str, object]:
        return {
            "product": self._chance.randint(1, self._products),
            "other": self._chance.randint(1, self._products),
            "shipment": self._chance.randint(1, SUPPLIERS),
            "hall": self._chance.randint(1, len(HALLS)),
            "units": self._chance.randint(1, 12),
        }
