"""The plan: what would move at Shopify if a shop went live now."""

from __future__ import annotations

import json

from runner.db import Database, safety
from runner.db import runs as db_runs
from runner.db.core import Row
from runner.db.relay import relay_changes
from runner.db.shops import Shop
from runner.errors import InvalidInput
from runner.inventory.variants import Progress, read_shop
from runner.shopify.client import Client


async def make_plan(database: Database, client: Client, shop: Shop, progress: Progress) -> Row:
    """Read every level of a shop anew, compare, and store what would move.

    Returns:
        ``fingerprint, levels, moves, zeroes, units_up, units_down`` and more.

    Raises:
        InvalidInput: the shop is not linked yet.
        Transient, ShopRefused: the shop cannot be read.
    """
    if shop.linked_at is None:
        raise InvalidInput(f"{shop.domain} is not linked yet.", remedy="Run: shelfwire link")
    await relay_changes(database)
    run = await db_runs.start_run(database, "plan", shop.id)
    async with db_runs.failures_noted(database, run):
        await read_shop(database, client, shop.id, run, progress)
        plan = await safety.make_plan(database, shop.id)
    await db_runs.finish_run(database, run, json.dumps({"plan": plan["id"], "fingerprint": plan["fingerprint"]}), None)
    return plan
