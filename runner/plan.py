"""The plan: what would move at Shopify if a shop went live now."""

from __future__ import annotations

import json

from runner.client import Client
from runner.db import Database, safety
from runner.db import runs as db_runs
from runner.db.core import Row
from runner.db.relay import relay_changes
from runner.db.shops import Shop
from runner.errors import InvalidInput
from runner.variants import Progress, count_variants, read_variants


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
    try:
        total = await count_variants(client)
        done = 0
        async for read, last in read_variants(database, client, shop.id):
            done += read
            progress(done, max(total, done))
            await db_runs.advance_run(database, run, done, total, last)
        plan = await safety.make_plan(database, shop.id)
    except BaseException as error:
        await db_runs.finish_run(database, run, None, str(error) or type(error).__name__)
        raise
    await db_runs.finish_run(database, run, json.dumps({"plan": plan["id"], "fingerprint": plan["fingerprint"]}), None)
    return plan
