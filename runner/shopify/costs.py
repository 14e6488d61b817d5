"""What calls of one shop cost: predicted by the rules, corrected by its answers; and how much a call had best carry."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from runner.db import Database
from runner.db import costs as db
from runner.db.costs import Learned
from runner.shopify.answers import Cost
from runner.shopify.documents import ENTRIES, Document, document, names

# Shopify refuses a document of more points, and a page or a list of more items.
MOST_POINTS = 1000
MOST_ITEMS = 250
# Of the bucket, what one call takes at most: on the plans whose figures are known it is back within five seconds, so
# that what is more urgent does not wait long for the points of a reading.
SHARE = 0.25


class Size(NamedTuple):
    """How many items a call had best carry, and the points that it is then expected to cost."""

    items: int
    points: int


class Costs:
    """What is known of one shop. ``capacity`` is that of its bucket, as its answers last said."""

    def __init__(self, capacity: float = MOST_POINTS, known: Iterable[Learned] = ()) -> None:
        self._capacity = capacity
        self._observed: dict[str, dict[int, int]] = defaultdict(dict)
        for one in known:
            self._observed[one.document][one.predicted] = one.requested

    def expected(self, document: Document, predicted: int) -> int:
        """The points that Shopify will ask for a document, by what it has asked for the like.

        Between two costs that were observed the line between them holds, below and above all of them their proportion.
        """
        observed = self._observed[document.name]
        if predicted in observed or not observed:
            return observed.get(predicted, predicted)
        known = [(0, 0), *sorted(observed.items())]
        place = min(bisect_left(known, (predicted, 0)), len(known) - 1)
        (low, low_cost), (high, high_cost) = known[place - 1], known[place]
        if predicted > high:
            low, low_cost = 0, 0
        return max(1, math.ceil(low_cost + (high_cost - low_cost) * (predicted - low) / (high - low)))

    def best(self, document: Document, sizes: Mapping[str, Any] | None = None) -> Size:
        """The most items that a call may carry for a quarter of the bucket, within Shopify's limits: an item of a
        larger page never costs more. At least one. The document is one that may carry many.

        Args:
            sizes: how much is asked for besides, by variable.
        """
        if most := ENTRIES.get(document.name):
            return Size(most, self.expected(document, document.fixed_cost))
        assert document.page, f"{document.name} has no page"
        variable, allowed = document.page.variable, min(MOST_POINTS, self._capacity * SHARE)

        def points(items: int) -> int:
            return self.expected(document, document.cost({**(sizes or {}), variable: items}))

        items = 1 + bisect_right(range(2, MOST_ITEMS + 1), allowed, key=points)
        return Size(items, points(items))

    def learn(self, document: Document, predicted: int, requested: int, sizes: Mapping[str, int]) -> Learned | None:
        """Take from an answer what a document cost; what is to be kept of that, None if it was known."""
        observed = self._observed[document.name]
        if observed.get(predicted) == requested:
            return None
        observed[predicted] = requested
        return Learned(document.name, document.version, predicted, requested, sizes)

    def note_bucket(self, cost: Cost) -> None:
        """Take from an answer how much the bucket holds."""
        self._capacity = cost.capacity


async def read_costs(database: Database, shop_id: int) -> Costs:
    """What is known of a shop, as far as it was learned of the documents as they are now."""
    known = await db.learned(database, shop_id)
    return Costs(await db.capacity(database, shop_id), [one for one in known if is_current(one)])


def is_current(known: Learned) -> bool:
    """Whether something was learned of a document as it is now."""
    return known.document in names() and document(known.document).version == known.version


async def best_sizes(database: Database, shop_id: int) -> dict[str, int]:
    """How many items a call had best carry, by document, with what else it has last asked for."""
    known = [one for one in await db.learned(database, shop_id) if is_current(one)]
    costs = Costs(await db.capacity(database, shop_id), known)
    latest = {one.document: one.sizes for one in reversed(known)}
    asked = {name: document(name) for name in latest}
    return {name: costs.best(one, latest[name]).items for name, one in asked.items() if one.carries_many}
