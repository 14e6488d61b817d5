"""The kinds that a runner works on: the one place where the engine is given its subjects."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from runner.catalog.products import read_linked
from runner.catalog.strategy import Catalog
from runner.db import Database, lanes
from runner.engine.bulk import BulkPush
from runner.engine.jobs import Errand
from runner.engine.lane import Lane
from runner.engine.push import Push
from runner.engine.strategy import Strategy
from runner.inventory.strategy import Inventory
from runner.linking.plan import Reader
from runner.shopify.client import Client

# What is pushed, each by its strategy; what only reads or applies, by kind.
PUSHED: tuple[Callable[[Database], Strategy], ...] = (Catalog, Inventory)
APPLIED: Mapping[str, Errand] = {}
# What a plan reads of a shop, beside its variants and levels.
READERS: tuple[Reader, ...] = (read_linked,)


def pushing(strategy: Strategy) -> Errand:
    """What a job of a kind that is pushed does."""

    async def push(lane: Lane, client: Client) -> None:
        is_bulk = bool(strategy.bulk) and lane.turn.lane == await lanes.bulk_lane(lane.db, lane.turn.kind)
        await (BulkPush if is_bulk else Push)(lane, client, strategy).run()

    return push


def strategies(database: Database) -> Mapping[str, Strategy]:
    """What is pushed, by kind."""
    return {strategy.kind: strategy for strategy in (make(database) for make in PUSHED)}


def errands(database: Database) -> Mapping[str, Errand]:
    """What jobs do, by kind."""
    return {**{kind: pushing(strategy) for kind, strategy in strategies(database).items()}, **APPLIED}
