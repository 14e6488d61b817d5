"""Link products to variants: read a shop's variants and levels, then let SQL compare the SKUs."""

from __future__ import annotations

import json

from runner.db import Database, inventory
from runner.db import linking as db
from runner.db import runs as db_runs
from runner.db.runs import Run
from runner.db.shops import Shop
from runner.linking.variants import Progress, read_shop
from runner.shopify.client import Client


async def link_shop(database: Database, client: Client, shop: Shop, progress: Progress) -> dict[str, int]:
    """Read all variants of a shop with their levels and link them.

    Interrupted, it leaves what was read; linking again starts from the beginning and changes nothing twice.

    Returns:
        ``linked, broken, ambiguous, without_sku, marked``.

    Raises:
        Transient, ShopRefused: the shop cannot be read.
    """
    run = await db_runs.start_run(database, "link", shop.id)
    async with db_runs.failures_noted(database, run):
        result = await link(database, client, shop, run, progress)
    await db_runs.finish_run(database, run, json.dumps(result), None)
    return result


async def link(database: Database, client: Client, shop: Shop, run: Run, progress: Progress) -> dict[str, int]:
    """What `link_shop` does, for a run that was begun.

    Raises:
        RunTaken, RunCancelled: it is not ours any more, or is to end.
    """
    await read_shop(database, client, shop.id, run, progress)
    result = await db.link_products(database, shop.id)
    await db.mark_shop(database, shop.id)
    await inventory.watch_locations(database, shop.id)
    await inventory.watch_stock(database, shop.id)
    return result
