"""What the house goes through: work in the warehouse at a steady rate, visitors in the shop, canaries, faults."""

from __future__ import annotations

import random
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg

from demo.shop import Shop

RECEIVE = (
    "insert into warehouse.shipment_items (shipment_id, product_id, location_id, status) "
    "values (1, %(product)s, %(hall)s, 'received')"
)
UPDATE = (
    "update warehouse.shipment_items set {} where id = (select id from warehouse.shipment_items "
    "where product_id = %(product)s and status = '{}' limit 1 for update skip locked)"
)
SELL = UPDATE.format("status = 'sold'", "received")
# Weight, statement: sold, come back, carried to the other hall, received. Each changes a level.
WORK = (
    (4, SELL),
    (3, UPDATE.format("status = 'received'", "sold")),
    (2, UPDATE.format("location_id = 3 - location_id", "received")),
    (1, RECEIVE),
)
# Of every call to the shop; seconds are those until a caller without an answer is hung up on.
FAULTS = {
    "http_5xx": 0.005,
    "http_429": 0.002,
    "throttled": 0.003,
    "internal_error": 0.003,
    "internal_error_after": 0.003,
    "drop_before": 0.003,
    "drop_after": 0.003,
    "timeout": 0.001,
    "stale_without_index": 0.002,
}
TIMEOUT_SECONDS = 2.0
WRITERS = 3
CANARIES = 100
CANARY_SECONDS = 10.0
VISIT_SECONDS = 0.5
OPEN_ORDERS = 10


@dataclass(frozen=True)
class Latency:
    """From the commit of a change until Shopify's acknowledgement was noted; ``at`` is monotonic seconds."""

    at: float
    milliseconds: float


class Load:
    """Runs until stopped, from its seed. ``products`` are numbered from 1; the last ones are the canaries."""

    def __init__(self, dsn: str, shop: Shop, skus: Sequence[str], rate: float, seed: int) -> None:
        self._dsn = dsn
        self._shop = shop
        self._canaries = min(CANARIES, len(skus) // 4)
        self._skus = skus[: len(skus) - self._canaries]
        self._rate = rate - self._canaries / CANARY_SECONDS
        self._seed = seed
        self._stopping = threading.Event()
        self._counting = threading.Lock()
        self.changes = 0
        self.errors: list[str] = []
        self.latencies: deque[Latency] = deque()

    @contextmanager
    def running(self) -> Iterator[None]:
        """Work for the length of a block; faults are switched off and every order is settled at its end."""
        for number, (fault, probability) in enumerate(FAULTS.items()):
            self._shop.fault(fault=fault, probability=probability, seed=self._seed + number, seconds=TIMEOUT_SECONDS)
        works: list[Callable[[psycopg.Connection], None]] = [self._watch_canaries, self._visit]
        works += [self._writer(random.Random(self._seed + n)) for n in range(WRITERS)]
        threads = [threading.Thread(target=self._run, args=(work,)) for work in works]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self._stopping.set()
            for thread in threads:
                thread.join()
            self._shop.clear_faults()

    def _run(self, work: Callable[[psycopg.Connection], None]) -> None:
        try:
            with psycopg.connect(self._dsn, autocommit=True) as connection:
                work(connection)
        except Exception as error:
            self.errors.append(f"{type(error).__name__}: {error}")

    def _count(self, changes: int) -> None:
        with self._counting:
            self.changes += changes

    def _beats(self, seconds: float) -> Iterator[None]:
        """One beat each ``seconds``; those that were missed follow at once."""
        due = time.monotonic()
        while not self._stopping.wait(max(0.0, due - time.monotonic())):
            due += seconds
            yield

    def _writer(self, dice: random.Random) -> Callable[[psycopg.Connection], None]:
        weights, statements = [weight for weight, _ in WORK], [statement for _, statement in WORK]

        def write(connection: psycopg.Connection) -> None:
            for _ in self._beats(WRITERS / self._rate):
                values = {"product": dice.randint(1, len(self._skus)), "hall": dice.randint(1, 2)}
                done = connection.execute(dice.choices(statements, weights)[0].encode(), values).rowcount
                self._count(done or connection.execute(RECEIVE.encode(), values).rowcount)

        return write

    def _watch_canaries(self, connection: psycopg.Connection) -> None:
        """Products that nothing else touches: a unit comes, a round later it goes; when did Shopify know?"""
        first = len(self._skus) + 1
        connection.execute("delete from warehouse.shipment_items where product_id >= %s", (first,))
        sent: dict[int, float] = {}
        units, number = 0, 0
        for _ in self._beats(CANARY_SECONDS / self._canaries):
            product = first + number
            self._note(connection, product, units, sent.get(product))
            statement = SELL if units else RECEIVE
            row = connection.execute(
                f"{statement} returning extract(epoch from clock_timestamp())::float".encode(),
                {"product": product, "hall": 1},
            ).fetchone()
            assert row is not None, "a canary has flown"
            sent[product] = row[0]
            self._count(1)
            number = (number + 1) % self._canaries
            units = 1 - units if number == 0 else units

    def _note(self, connection: psycopg.Connection, product: int, units: int, sent: float | None) -> None:
        if sent is None:
            return
        # An acknowledgement that is still missing counts with the time waited so far.
        row = connection.execute(
            "select coalesce(max(extract(epoch from l.acknowledged_at)::float) filter (where l.acknowledged = %s "
            "and extract(epoch from l.acknowledged_at)::float > %s), extract(epoch from clock_timestamp())::float) "
            "from sync.links as k join sync.levels as l using (shop_id, inventory_item_id) "
            "join sync.shop_locations as m on m.shop_id = k.shop_id and m.location_id = l.location_id "
            "where k.product_key = %s and m.location_key = '1'",
            (units, sent, str(product)),
        ).fetchone()
        assert row is not None
        self.latencies.append(Latency(time.monotonic(), 1000 * (row[0] - sent)))

    def _visit(self, _: psycopg.Connection) -> None:
        """Somebody orders, or types a number into the admin. Every order is cancelled before long: one that is sent
        and that the warehouse does not book would be left to people. Nobody types a number where others order: one
        cancelled, and its unit typed away again, looks to anybody like one that was sent."""
        dice = random.Random(self._seed - 1)
        orders: deque[int] = deque()
        for beat, _beat in enumerate(self._beats(VISIT_SECONDS)):
            if beat % 2:
                self._shop.edit(dice.choice(self._skus[1::2]), dice.randint(0, 30))
            else:
                orders.append(self._shop.order(dice.choice(self._skus[::2]), 1))
            if len(orders) > OPEN_ORDERS:
                self._shop.cancel(orders.popleft())
        for order in orders:
            self._shop.cancel(order)
