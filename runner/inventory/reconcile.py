"""Reconcile: read every level of a shop anew, then let SQL compare them with what they should be."""

from __future__ import annotations

import json

from runner.db import Database
from runner.db import inventory as db
from runner.db import runs as db_runs
from runner.db.inventory import Comparison
from runner.db.relay import relay_changes
from runner.db.shops import Shop
from runner.errors import InvalidInput
from runner.linking.variants import Progress, read_shop
from runner.shopify.client import Client


async def reconcile_inventory(
    database: Database, client: Client, shop: Shop, progress: Progress, *, dry_run: bool = False
) -> Comparison:
    """Compare every linked level of a shop with what it should hold, and make pending what is wrong.

    An interrupted run is continued from the page it had reached, by whoever calls next.

    Args:
        dry_run: only note what is wrong.

    Raises:
        InvalidInput: the shop is not linked yet.
        RunTaken: another process reconciles this shop now.
        Transient, ShopRefused: the shop cannot be read.
    """
    if shop.linked_at is None:
        raise InvalidInput(f"{shop.domain} is not linked yet.", remedy="Run: shelfwire link")
    # What waits in the queue from before is on its way, an entry that stands for all products among it.
    await relay_changes(database)
    run = await db_runs.claim_run(database, shop.id, "reconcile_inventory")
    async with db_runs.failures_noted(database, run):
        await read_shop(database, client, shop.id, run, progress)
        await db.watch_locations(database, shop.id)
        found = await db.compare_inventory(database, run.id, correct=not dry_run)
        await db.watch_orders(database, shop.id)
        await db.watch_stock(database, shop.id)
    result = {"dry_run": dry_run, "found": found.found, **found._asdict()}
    await db_runs.finish_run(database, run, json.dumps(result), None)
    return found
