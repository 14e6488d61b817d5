"""What capture costs the warehouse's own transactions: with our triggers, without, with what else could be chosen.

Two forms of the triggers, in a database each, follow from the role that attaches: a superuser, or the ordinary role
that owns the tables (``_late``).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial

from bench import ways, writers
from bench.relaying import beside_relay
from bench.rounds import Contestant, Rounds, Run
from bench.scale import Scale
from bench.server import APPLICATION, SUPERUSER, Bench, database, fill, link_shop
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
FORMS = {"": SUPERUSER, "_late": APPLICATION}
ALTERNATIVES = {"slot": ways.slot, "outbox": ways.outbox, "empty_trigger": ways.empty_trigger}


def measure(scale: Scale) -> Iterator[Figure]:
    """Yield ratios of throughput, of the time of a bulk update, and of the latency of single transactions."""
    items, products = scale.rows(ITEMS), scale.rows(PRODUCTS)
    rounds, seconds = scale.rounds(ROUNDS), scale.seconds(SECONDS)
    with _forms(items, products) as forms:
        pairs: dict[str, Contestant] = {}
        for suffix, at in forms.items():
            pairs |= {f"bare{suffix}": (at, ways.bare), f"capture{suffix}": (at, ways.capture)}
        others: dict[str, Contestant] = {name: (forms[""], way) for name, way in ALTERNATIVES.items()}

        def saturated(clients: int) -> Run:
            return lambda at: (writers.throughput(at, items, clients, seconds),)

        half = 0.0
        for clients in CLIENTS:
            seen = Rounds(f"tps of {clients} clients", others | pairs).run(scale.rounds(TPS_ROUNDS), saturated(clients))
            half = half or seen.median("bare") / 2
            yield from _with_and_without(f"capture_tps_ratio_{clients}", seen)
            for other in others:
                yield Figure(f"{other}_tps_ratio_{clients}", seen.ratio(other, "bare"), "ratio")
                for suffix in FORMS:
                    ratio = seen.ratio(f"capture{suffix}", other)
                    yield Figure(f"capture_vs_{other}_{clients}{suffix}", ratio, "ratio")

        def gently(at: Bench) -> tuple[float, ...]:
            return writers.latencies(at, items, CLIENTS[0], scale.seconds(LATENCY_SECONDS), half)

        seen = Rounds(f"ms, p50 and p99, at {half:.0f} tps", pairs).run(rounds, gently)
        yield from _with_and_without("capture_latency_p50_ratio", seen)
        yield from _with_and_without("capture_latency_p99_ratio", seen, 1)

        def bulk(at: Bench) -> tuple[float]:
            return (beside_relay(at, partial(writers.rewrite, at, items)),)

        seen = Rounds("seconds of a bulk update", pairs).run(rounds, bulk)
        yield from _with_and_without("capture_bulk_time_ratio", seen)

        for at in forms.values():
            link_shop(at, products)

        def beside(at: Bench) -> tuple[float]:
            return (beside_relay(at, partial(writers.throughput, at, items, CLIENTS[0], seconds)),)

        seen = Rounds(f"tps of {CLIENTS[0]} clients beside the relay", pairs).run(rounds, beside)
        yield from _with_and_without(f"capture_beside_relay_tps_ratio_{CLIENTS[0]}", seen)


@contextmanager
def _forms(items: int, products: int) -> Iterator[dict[str, Bench]]:
    """A filled warehouse for each form."""
    with ExitStack() as stack:
        server = stack.enter_context(postgres.serve(SETTINGS))
        forms = {suffix: stack.enter_context(database(server, role)) for suffix, role in FORMS.items()}
        for at in forms.values():
            fill(at, items, products)
        yield forms


def _with_and_without(name: str, seen: Rounds, which: int = 0) -> Iterator[Figure]:
    for suffix in FORMS:
        yield Figure(f"{name}{suffix}", seen.ratio(f"capture{suffix}", f"bare{suffix}", which), "ratio")
