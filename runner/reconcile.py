"""Reconcile: read every level of a shop anew, then let SQL compare them with what they should be."""

from __future__ import annotations

import json

from runner.client import Client
from runner.db import Database
from runner.db import reconcile as db
from runner.db import runs as db_runs
from runner.db.reconcile import Comparison
from runner.db.relay import relay_changes
from runner.db.shops import Shop
from runner.errors import InvalidInput, RunTaken
from runner.variants import Progress, count_variants, read_variants


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
    done = run.done
    try:
        total = await count_variants(client)
        async for read, last in read_variants(database, client, shop.id, run.reached):
            done += read
            await db_runs.advance_run(database, run, done, total, last)
            progress(done, max(total, done))
        found = await db.record_discrepancies(database, run.id, correct=not dry_run)
    except RunTaken:
        raise
    except BaseException as error:
        await db_runs.finish_run(database, run, None, str(error) or type(error).__name__)
        raise
    result = {"dry_run": dry_run, "found": found.found, **found._asdict()}
    await db_runs.finish_run(database, run, json.dumps(result), None)
    return found
