"""What the house goes through: work in the warehouse at a steady rate, visitors in the shop, canaries, faults."""

from __future__ import annotations

import random
import time
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg

from house.crew import Crew, Work
from house.sandbox import Sandbox
from house.warehouse import HALLS, RECEIVE, change

# A unit of the first shipment.
ONE = {"shipment": 1, "units": 1}
SELL = change("status = 'sold'")
# Weight, statement: sold, come back, carried to the other hall, received. Each changes a level.
WORK = (
    (4, SELL),
    (3, change("status = 'received'", "sold")),
    (2, change("location_id = 3 - location_id")),
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

    def __init__(self, dsn: str, shop: Sandbox, skus: Sequence[str], rate: float, seed: int) -> None:
        self._crew = Crew(dsn)
        self._shop = shop
        self._canaries = min(CANARIES, len(skus) // 4)
        self._skus = skus[: len(skus) - self._canaries]
        self._rate = rate - self._canaries / CANARY_SECONDS
        self._seed = seed
        self.latencies: deque[Latency] = deque()

    @property
    def changes(self) -> int:
        """Committed so far."""
        return self._crew.changes

    @property
    def errors(self) -> list[str]:
        """What disturbed it."""
        return self._crew.errors

    @contextmanager
    def running(self) -> Iterator[None]:
        """Work for the length of a block; faults are switched off and every order is settled at its end."""
        for number, (fault, probability) in enumerate(FAULTS.items()):
            self._shop.fault(fault, probability=probability, seed=self._seed + number, seconds=TIMEOUT_SECONDS)
        writers = [self._writer(random.Random(self._seed + n)) for n in range(WRITERS)]
        try:
            with self._crew.working(self._watch_canaries, self._visit, *writers):
                yield
        finally:
            self._shop.clear_faults()

    def _writer(self, dice: random.Random) -> Work:
        weights, statements = [weight for weight, _ in WORK], [statement for _, statement in WORK]

        def write(connection: psycopg.Connection[Any]) -> None:
            for _ in self._crew.beats(WRITERS / self._rate):
                values = {**ONE, "product": dice.randint(1, len(self._skus)), "hall": dice.randint(1, len(HALLS))}
                done = connection.execute(dice.choices(statements, weights)[0].encode(), values).rowcount
                self._crew.count(done or connection.execute(RECEIVE.encode(), values).rowcount)

        return write

    def _watch_canaries(self, connection: psycopg.Connection[Any]) -> None:
        """Products that nothing else touches: a unit comes, a round later it goes; when did Shopify know?"""
        first = len(self._skus) + 1
        connection.execute("delete from warehouse.shipment_items where product_id >= %s", (first,))
        sent: dict[int, float] = {}
        units, number = 0, 0
        for _ in self._crew.beats(CANARY_SECONDS / self._canaries):
            product = first + number
            self._note(connection, product, units, sent.get(product))
            statement = SELL if units else RECEIVE
            row = connection.execute(
                f"{statement} returning extract(epoch from clock_timestamp())::float".encode(),
                {**ONE, "product": product, "hall": 1},
            ).fetchone()
            assert row is not None, "a canary has flown"
            sent[product] = row[0]
            self._crew.count(1)
            number = (number + 1) % self._canaries
            units = 1 - units if number == 0 else units

    def _note(self, connection: psycopg.Connection[Any], product: int, units: int, sent: float | None) -> None:
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

    def _visit(self, _: psycopg.Connection[Any]) -> None:
        """Somebody orders, or types a number into the admin. Every order is cancelled before long: one that is sent
        and that the warehouse does not book would be left to people. Nobody types a number where others order: one
        cancelled, and its unit typed away again, looks to anybody like one that was sent."""
        dice = random.Random(self._seed - 1)
        orders: deque[int] = deque()
        for beat, _beat in enumerate(self._crew.beats(VISIT_SECONDS)):
            if beat % 2:
                self._shop.edit(dice.choice(self._skus[1::2]), dice.randint(0, 30))
            else:
                orders.append(self._shop.order((dice.choice(self._skus[::2]), 1)))
            if len(orders) > OPEN_ORDERS:
                self._shop.cancel(orders.popleft())
        for order in orders:
            self._shop.cancel(order)
