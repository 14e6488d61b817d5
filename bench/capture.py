"""What capture costs the warehouse's own transactions: with our triggers, without, with what else could be chosen.

The role that attaches owns the tables and may do nothing else; a superuser's triggers are the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from bench import ways, writers
from bench.relaying import beside_relay
from bench.rounds import Contestant, Rounds, Run
from bench.scale import Scale
from bench.server import APPLICATION, Bench, database, fill, link_shop
from house import postgres
from house.figures import Figure

ITEMS = 100_000
PRODUCTS = 5_000
CLIENTS = (8, 32)
TPS_ROUNDS = 9
ROUNDS = 5
SECONDS = 2
LATENCY_SECONDS = 4
# A slot needs it; the server is the same for all.
SETTINGS = {**postgres.PRODUCTION, "wal_level": "logical"}
ALTERNATIVES = {"slot": ways.slot, "outbox": ways.outbox, "empty_trigger": ways.empty_trigger}


def measure(scale: Scale) -> Iterator[Figure]:
    """Yield ratios of throughput, of the time of a bulk update, and of the latency of single transactions."""
    items, products = scale.rows(ITEMS), scale.rows(PRODUCTS)
    rounds, seconds = scale.rounds(ROUNDS), scale.seconds(SECONDS)
    with _filled(items, products) as at:
        pair: dict[str, Contestant] = {"bare": (at, ways.bare), "capture": (at, ways.capture)}
        others: dict[str, Contestant] = {name: (at, way) for name, way in ALTERNATIVES.items()}

        def saturated(clients: int) -> Run:
            return lambda at: (writers.throughput(at, items, clients, seconds),)

        half = 0.0
        for clients in CLIENTS:
            seen = Rounds(f"tps of {clients} clients", others | pair).run(scale.rounds(TPS_ROUNDS), saturated(clients))
            half = half or seen.median("bare") / 2
            yield _captured(f"capture_tps_ratio_{clients}", seen)
            for other in others:
                yield Figure(f"{other}_tps_ratio_{clients}", seen.ratio(other, "bare"), "ratio")
                yield Figure(f"capture_vs_{other}_{clients}", seen.ratio("capture", other), "ratio")

        def gently(at: Bench) -> tuple[float, ...]:
            return writers.latencies(at, items, CLIENTS[0], scale.seconds(LATENCY_SECONDS), half)

        seen = Rounds(f"ms, p50 and p99, at {half:.0f} tps", pair).run(rounds, gently)
        yield _captured("capture_latency_p50_ratio", seen)
        yield _captured("capture_latency_p99_ratio", seen, 1)

        def bulk(at: Bench) -> tuple[float]:
            return (beside_relay(at, partial(writers.rewrite, at, items)),)

        seen = Rounds("seconds of a bulk update", pair).run(rounds, bulk)
        yield _captured("capture_bulk_time_ratio", seen)

        link_shop(at, products)

        def beside(at: Bench) -> tuple[float]:
            return (beside_relay(at, partial(writers.throughput, at, items, CLIENTS[0], seconds)),)

        seen = Rounds(f"tps of {CLIENTS[0]} clients beside the relay", pair).run(rounds, beside)
        yield _captured(f"capture_beside_relay_tps_ratio_{CLIENTS[0]}", seen)


@contextmanager
def _filled(items: int, products: int) -> Iterator[Bench]:
    with postgres.serve(SETTINGS) as server, database(server, APPLICATION) as at:
        fill(at, items, products)
        yield at


def _captured(name: str, seen: Rounds, which: int = 0) -> Figure:
    return Figure(name, seen.ratio("capture", "bare", which), "ratio")
