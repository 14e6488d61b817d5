"""How many calls and seconds a push takes: every level of a shop changes at once, and the runner drains it."""

from __future__ import annotations

from collections.abc import Iterator

from bench.figures import Figure, Scale
from bench.house import VARIANTS_PER_PRODUCT, house

LEVELS = 100_000


def measure(scale: Scale) -> Iterator[Figure]:
    """Yield how many writing calls 1,000 changed levels take, and how many levels one runner sets in a second."""
    with house(scale.rows(LEVELS // VARIANTS_PER_PRODUCT) * VARIANTS_PER_PRODUCT) as at:
        at.drain()
        seen = at.shop.stats()
        levels = seen["levels_set"]
        yield Figure("push_calls_per_1000_levels", 1000 * seen["mutations"] / levels, "calls")
        seconds = seen["last_set_at"] - seen["first_set_at"]
        yield Figure("push_levels_per_s_unthrottled", levels / seconds, "levels/s")
