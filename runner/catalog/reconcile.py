"""Reconcile: read every product of a shop anew, then let SQL compare them with what they should be."""

from __future__ import annotations

from runner.catalog.products import read_linked
from runner.db import Database
from runner.db import catalog as db
from runner.db import runs as db_runs
from runner.db.catalog import Comparison
from runner.db.relay import relay_changes
from runner.db.runs import Run
from runner.linking.variants import Progress
from runner.shopify.client import Client


async def reconcile_products(
    database: Database, client: Client, shop_id: int, run: Run, progress: Progress, *, correct: bool
) -> Comparison:
    """Compare every product that follows the warehouse with what it should be; with ``correct`` what is wrong becomes
    pending.

    Raises:
        RunTaken: another process has taken the run over.
        BulkFailed: a bulk operation has no result that is whole.
        Transient, ShopRefused: the shop cannot be read.
    """
    # What waits in the queue from before is on its way, an entry that stands for all products among it.
    await relay_changes(database)
    await db_runs.begin_reading(database, run)
    await read_linked(database, client, shop_id, run, progress)
    return await db.compare_catalog(database, run.id, correct=correct)
