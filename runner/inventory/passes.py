"""Passes over a shop's stock, as runs do them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from runner.db import Database
from runner.db import inventory as db
from runner.db import runs as db_runs
from runner.db import shops as db_shops
from runner.db.runs import Run
from runner.db.shops import Shop
from runner.inventory.levels import read_levels
from runner.inventory.reconcile import reconcile_inventory
from runner.linking.variants import Progress, read_shop
from runner.shopify.client import Client

# Items that are read between two signs of how far it is.
STEP = 1000


async def reconcile(
    database: Database, client: Client, shop: Shop, run: Run, progress: Progress
) -> Mapping[str, Any] | None:
    """Compare every linked level; what is wrong becomes pending, unless ``run.args`` says ``dry_run``, or ``auto`` and
    the shop's passes only note it, or do not look.

    Raises:
        as `reconcile_inventory`.
    """
    mode = await db_runs.corrects(database, shop.id, "inventory", run)
    if mode == "off":
        return None
    dry_run = bool(run.args.get("dry_run")) or mode == "flag"
    found = await reconcile_inventory(database, client, shop, run, progress, correct=not dry_run)
    return {"dry_run": dry_run, "found": found.found, **found._asdict()}


async def import_levels(
    database: Database, client: Client, shop: Shop, run: Run, progress: Progress
) -> Mapping[str, Any] | None:
    """Read every variant of a shop with its levels, and compare nothing.

    Raises:
        RunTaken, RunCancelled: the run is not ours any more, or is to end.
        BulkFailed: the bulk operation has no result that is whole.
        Transient, ShopRefused: the shop cannot be read.
    """
    await read_shop(database, client, shop.id, run, progress)
    return None


async def sync_inventory(
    database: Database, client: Client, shop: Shop, run: Run, progress: Progress
) -> Mapping[str, Any] | None:
    """As `reconcile`; or of the products whose ``keys`` are in ``run.args`` only, whose levels are read anew.

    Raises:
        as `reconcile_inventory`.
    """
    keys = run.args.get("keys")
    if keys is None:
        return await reconcile(database, client, shop, run, progress)
    items = await db.linked_items(database, shop.id, keys)
    locations = max(1, len(await db_shops.locations(database, shop.id)))
    for start in range(0, len(items), STEP):
        progress(start, len(items))
        await read_levels(database, client, shop.id, items[start : start + STEP], locations)
    progress(len(items), len(items))
    return {"items": len(items), "marked": await db.mark(database, shop.id, keys, run.id)}
