"""Load: writers of the warehouse that go on whatever happens, and count what they committed."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg

from house.crew import Crew, Work
from house.warehouse import RECEIVE

SELL = (
    "update warehouse.shipment_items set status = 'sold' where id in (select id from warehouse.shipment_items "
    "where product_id = %(product)s and status = 'received' limit %(units)s for update skip locked)"
)


class Load:
    """Receives and sells units of random products, from its seed; a lost connection is opened again."""

    def __init__(self, dsn: str, products: int, *, writers: int = 2, pause: float = 0.02, seed: int = 1) -> None:
        self._crew = Crew(dsn, patient=True)
        self._products = products
        self._pause = pause
        self._works = [self._writer(random.Random(seed + n)) for n in range(writers)]

    @property
    def committed(self) -> int:
        """Statements so far."""
        return self._crew.changes

    @contextmanager
    def running(self) -> Iterator[Load]:
        """Write for the length of a block."""
        with self._crew.working(*self._works):
            yield self
        assert self._crew.errors == []

    def wait(self, seconds: float) -> None:
        """Let it work."""
        self._crew.wait(seconds)

    def _writer(self, dice: random.Random) -> Work:
        def write(connection: psycopg.Connection[Any]) -> None:
            for _ in self._crew.pauses(self._pause):
                statement = RECEIVE if dice.random() < 0.6 else SELL
                unit = {"shipment": 1, "hall": 1, "product": 1 + dice.randrange(self._products)}
                connection.execute(statement.encode(), {**unit, "units": dice.randint(1, 4)})
                self._crew.count(1)

        return write
