"""Reconcile: read every level of a shop anew, then let SQL compare them with what they should be."""

from __future__ import annotations

from runner.db import Database
from runner.db import inventory as db
from runner.db import runs as db_runs
from runner.db.inventory import Comparison
from runner.db.relay import relay_changes
from runner.db.runs import Run
from runner.db.shops import Shop
from runner.linking.variants import Progress, read_shop
from runner.shopify.client import Client


async def reconcile_inventory(
    database: Database, client: Client, shop: Shop, run: Run, progress: Progress, *, correct: bool
) -> Comparison:
    """Compare every linked level of a shop with what it should hold; with ``correct`` what is wrong becomes pending.

    An interrupted run is continued from the page it had reached.

    Raises:
        InvalidInput: the shop is not linked yet.
        RunTaken, RunCancelled: the run is not ours any more, or is to end.
        Transient, ShopRefused: the shop cannot be read.
    """
    shop.require_linked()
    # What waits in the queue from before is on its way, an entry that stands for all products among it: as long as a
    # part of that is still to be looked at, nothing could be compared.
    while (relayed := await relay_changes(database)) and relayed.unfinished:
        pass
    await db_runs.begin_reading(database, run)
    await read_shop(database, client, shop.id, run, progress)
    await db.watch_locations(database, shop.id)
    found = await db.compare_inventory(database, run.id, correct=correct)
    await db.watch_orders(database, shop.id)
    await db.watch_stock(database, shop.id)
    return found
