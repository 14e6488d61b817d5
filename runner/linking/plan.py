"""The plan: what would move at Shopify if a shop went live now."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Sequence
from typing import NamedTuple

from runner.db import Database, safety
from runner.db import runs as db_runs
from runner.db.core import Row
from runner.db.relay import relay_changes
from runner.db.runs import Run
from runner.db.shops import Shop
from runner.linking.variants import Progress, read_shop
from runner.shopify.client import Client


class Plan(NamedTuple):
    """What would change: the fingerprint on which a shop may go live, and ``kind, parts, moves, losses, detail``."""

    fingerprint: str
    kinds: list[Row]


# Reads what a kind compares with, beside variants and levels.
Reader = Callable[[Database, Client, int, Run, Progress], Awaitable[None]]


async def make_plan(
    database: Database, client: Client, shop: Shop, progress: Progress, readers: Sequence[Reader] = ()
) -> Plan:
    """Read a shop anew, compare, and store what would change.

    Returns:
        the plan, stored.

    Raises:
        InvalidInput: the shop is not linked yet.
        Transient, ShopRefused: the shop cannot be read.
    """
    shop.require_linked()
    await relay_changes(database)
    run = await db_runs.start_run(database, "plan", shop.id)
    async with db_runs.failures_noted(database, run):
        await read_shop(database, client, shop.id, run, progress)
        for read in readers:
            await read(database, client, shop.id, run, progress)
        plans = await safety.make_plans(database, shop.id)
    fingerprint = "-".join(plan["fingerprint"] for plan in plans)
    result = {"plans": [plan["id"] for plan in plans], "fingerprint": fingerprint}
    await db_runs.finish_run(database, run, json.dumps(result), None)
    return Plan(fingerprint, plans)
