"""How a runner drains a shop whose every level changed at once: freely, then against Shopify's standard bucket."""

from __future__ import annotations

from collections.abc import Iterator

from bench.house import house
from bench.scale import Scale
from house.figures import Figure, progress

LEVELS = 100_000
# The standard plan, not scaled: 100,000 levels cost 4,000 points, half of which a full bucket holds.
CAPACITY = 2_000
RESTORE_RATE = 100


def measure(scale: Scale) -> Iterator[Figure]:
    """Yield calls per 1,000 levels and levels per second without a bucket; with one, the share used of its points."""
    with house(scale.rows(LEVELS)) as at:
        at.drain()
        seen = at.sandbox.stats()
        levels, seconds = seen["levels_set"], seen["last_set_at"] - seen["first_set_at"]
        yield Figure("push_calls_per_1000_levels", 1000 * seen["mutations"] / levels, "calls")
        yield Figure("push_levels_per_s_unthrottled", levels / seconds, "levels/s")

        capacity = scale.rows(CAPACITY)
        at.receive_each()
        at.sandbox.bucket(capacity, RESTORE_RATE)
        at.sandbox.reset_stats()
        at.drain()
        seen = at.sandbox.stats()
        used, seconds = seen["cost_charged"], seen["last_set_at"] - seen["first_set_at"]
        allowed = capacity + RESTORE_RATE * seconds
        progress(f"{seen['levels_set']} levels: {used} of {allowed:.0f} points in {seconds:.1f} s")
        yield Figure("drain_share_of_limit", used / allowed, "ratio")
        yield Figure("drain_throttled", seen["throttled"], "calls")
