"""Load: writers of the warehouse that go on whatever happens, and count what they committed."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

RECEIVE = (
    "insert into warehouse.shipment_items (shipment_id, product_id, location_id, status) "
    "select 1, %s, 1, 'received' from generate_series(1, %s)"
)
SELL = (
    "update warehouse.shipment_items set status = 'sold' where id in (select id from warehouse.shipment_items "
    "where product_id = %s and status = 'received' limit %s for update skip locked)"
)


class Load:
    """Receives and sells units of random products, from its seed; a lost connection is opened again."""

    def __init__(self, dsn: str, products: int, *, writers: int = 2, pause: float = 0.02, seed: int = 1) -> None:
        self._dsn = dsn
        self._products = products
        self._pause = pause
        self._stopping = threading.Event()
        self._threads = [threading.Thread(target=self._write, args=(random.Random(seed + n),)) for n in range(writers)]
        self.committed = 0

    @contextmanager
    def running(self) -> Iterator[Load]:
        """Write for the length of a block."""
        for thread in self._threads:
            thread.start()
        try:
            yield self
        finally:
            self._stopping.set()
            for thread in self._threads:
                thread.join()

    def wait(self, seconds: float) -> None:
        """Let it work."""
        self._stopping.wait(seconds)

    def _write(self, dice: random.Random) -> None:
        while not self._stopping.is_set():
            try:
                with psycopg.connect(self._dsn, autocommit=True) as connection:
                    while not self._stopping.wait(self._pause):
                        statement = RECEIVE if dice.random() < 0.6 else SELL
                        connection.execute(statement.encode(), (1 + dice.randrange(self._products), dice.randint(1, 4)))
                        self.committed += 1
            except psycopg.OperationalError:
                self._stopping.wait(0.1)
