"""Check a shop's integrity: read it anew, run every check on what was read, put right what is safe."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import structlog

from runner.catalog.imports import import_products
from runner.db import Database
from runner.db import integrity as db
from runner.db.relay import relay_changes
from runner.db.runs import Run
from runner.db.shops import Shop
from runner.linking.variants import Progress, read_shop
from runner.shopify.client import Client

log = structlog.get_logger()


class Integrity(NamedTuple):
    """Issues that checks have found, of these the new ones, how many have ended; checks that failed; issues whose
    repair was asked for, and tasks that were opened."""

    found: int
    opened: int
    ended: int
    failed: int
    repaired: int
    tasks: int


async def check_integrity(
    database: Database, client: Client, shop: Shop, run: Run, progress: Progress
) -> Mapping[str, Any] | None:
    """Look for what is wrong in a linked shop. If ``run.args`` says ``fix``, what is safe is put right by the engine,
    and what is not becomes a task. Tasks whose reason is gone are closed either way.

    Raises:
        InvalidInput: the shop is not linked yet.
        RunTaken, RunCancelled: the run is not ours any more, or is to end.
        BulkFailed: a bulk operation has no result that is whole.
        Transient, ShopRefused: the shop cannot be read.
    """
    shop.require_linked()
    # What waits in the queue from before is on its way, an entry that stands for all products among it.
    await relay_changes(database)
    if run.reached != "products":  # A run that was taken over has read the stock already.
        await read_shop(database, client, shop.id, run, progress)
    await import_products(database, client, shop, run._replace(done=0, reached=None), progress)
    fix = bool(run.args.get("fix"))
    return {"fix": fix, **(await run_checks(database, shop.id, run, fix=fix))._asdict()}


async def run_checks(database: Database, shop_id: int, run: Run, *, fix: bool) -> Integrity:
    """Run every check on what was last read of a shop, each in a transaction of its own."""
    sums = dict.fromkeys(Integrity._fields, 0)
    for name in await db.checks(database):
        one = await db.run_check(database, shop_id, name)
        if one["error"]:
            log.warning("integrity.check_failed", check=name, shop_id=shop_id, error=one["error"])
        sums["found"] += one["found"]
        sums["opened"] += one["opened"]
        sums["ended"] += one["ended"]
        sums["failed"] += one["error"] is not None
        sums["tasks"] += await db.open_findings(database, shop_id, name, opens=fix)
        if fix:
            sums["repaired"] += await db.repair_findings(database, shop_id, name, run.id)
    return Integrity(**sums)
