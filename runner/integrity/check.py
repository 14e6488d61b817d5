"""Check a shop's integrity: read it anew, run every check on what was read, put right what is safe."""

from __future__ import annotations

from typing import NamedTuple

import structlog

from runner.catalog.products import read_linked
from runner.catalog.reading import read_catalog
from runner.db import Database
from runner.db import integrity as db
from runner.db.relay import relay_changes
from runner.db.runs import Run
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
    database: Database, client: Client, shop_id: int, run: Run, progress: Progress, *, fix: bool
) -> Integrity:
    """Look for what is wrong in a linked shop, for a run; with ``fix`` what is safe is put right by the engine, and
    what is not becomes a task. Tasks whose reason is gone are closed either way.

    Raises:
        RunTaken: another process has taken the run over.
        BulkFailed: a bulk operation has no result that is whole.
        Transient, ShopRefused: the shop cannot be read.
    """
    # What waits in the queue from before is on its way, an entry that stands for all products among it.
    await relay_changes(database)
    await _read(database, client, shop_id, run, progress)
    return await run_checks(database, shop_id, fix=fix)


async def _read(database: Database, client: Client, shop_id: int, run: Run, progress: Progress) -> None:
    """Read the shop whole; a run that was taken over goes on where it stopped."""
    if run.reached != "products":
        await read_shop(database, client, shop_id, run, progress)
    if database.encoding.name == "SQL_ASCII":
        # No bulk operation is read there: only what follows the warehouse is known.
        await read_linked(database, client, shop_id, run, progress)
    else:
        await read_catalog(database, client, shop_id, run._replace(done=0, reached=None), progress)


async def run_checks(database: Database, shop_id: int, *, fix: bool) -> Integrity:
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
            sums["repaired"] += await db.repair_findings(database, shop_id, name)
    return Integrity(**sums)
