"""Link products to variants: read a shop's variants and levels, then let SQL compare the SKUs."""

from __future__ import annotations

import json

from runner.client import Client
from runner.db import Database, push
from runner.db import runs as db_runs
from runner.db import shops as db
from runner.db.shops import Shop
from runner.variants import Progress, count_variants, read_variants


async def link_shop(database: Database, client: Client, shop: Shop, progress: Progress) -> dict[str, int]:
    """Read all variants of a shop with their levels and link them.

    Interrupted, it leaves what was read; linking again starts from the beginning and changes nothing twice.

    Returns:
        ``linked, broken, ambiguous, without_sku, marked``.

    Raises:
        Transient, ShopRefused: the shop cannot be read.
    """
    run = await db_runs.start_run(database, "link", shop.id)
    try:
        total = await count_variants(client)
        first_at = await push.now(database)
        done = 0
        async for read, last in read_variants(database, client, shop.id):
            done += read
            progress(done, max(total, done))
            await db_runs.advance_run(database, run, done, total, last)
        result = await db.link_products(database, shop.id, first_at)
    except BaseException as error:
        await db_runs.finish_run(database, run, None, str(error) or type(error).__name__)
        raise
    await db_runs.finish_run(database, run, json.dumps(result), None)
    return result
