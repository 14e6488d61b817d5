"""Link products to variants: read a shop's variants and levels page by page, then let SQL compare the SKUs."""

from __future__ import annotations

import json
from collections.abc import Callable

from runner.client import Client
from runner.db import Database, push
from runner.db import reports as db_runs
from runner.db import shops as db
from runner.db.shops import Shop
from runner.documents import document
from runner.levels import id_of, levels_of, read_locations

# Points of the budget that reading leaves to pushes of stock.
KEEP = 500
# Shopify refuses a document of more than 1,000 points.
CALL_COST = 500
# Shopify pages through 25,000 objects of a connection; what lies beyond is a connection of its own.
PAGED = 25_000

Progress = Callable[[int, int], None]


async def link_shop(database: Database, client: Client, shop: Shop, progress: Progress) -> dict[str, int]:
    """Read all variants of a shop with their levels and link them.

    Interrupted, it leaves what was read; linking again starts from the beginning and changes nothing twice.

    Args:
        progress: called with variants read and variants in all.

    Returns:
        ``linked, broken, ambiguous, without_sku, marked``.

    Raises:
        Transient, ShopRefused: the shop cannot be read.
    """
    run_id = await db_runs.start_run(database, "link", shop.id)
    try:
        total = (await client.execute(document("VariantsCount"), {}, keep=KEEP)).data["productVariantsCount"]["count"]
        locations = max(1, len(await read_locations(database, client, shop.id, KEEP)))
        query = document("Variants")
        size = next(
            n for n in (250, 100, 50, 10, 1) if n == 1 or query.cost({"first": n, "levels": locations}) <= CALL_COST
        )
        first_at = await push.now(database)
        done, paged = 0, 0
        after: str | None = None
        beyond: str | None = None
        while True:
            started_at = await push.now(database)
            variables = {"first": size, "levels": locations, "after": after, "query": beyond}
            page = (await client.execute(query, variables, keep=KEEP)).data["productVariants"]
            nodes = page["nodes"]
            variants = [
                {
                    "variant_id": id_of(n["id"]),
                    "product_id": id_of(n["product"]["id"]),
                    "inventory_item_id": id_of(n["inventoryItem"]["id"]),
                    "sku": n["sku"],
                    "title": n["displayName"],
                    "tracked": n["inventoryItem"]["tracked"],
                }
                for n in nodes
            ]
            await db.record_variants(database, shop.id, started_at, variants)
            levels = [level for n in nodes for level in levels_of(n["inventoryItem"])]
            items = [v["inventory_item_id"] for v in variants]
            await push.record_levels(database, shop.id, started_at, items, levels)
            done += len(nodes)
            progress(done, max(total, done))
            await db_runs.advance_run(database, run_id, done, total)
            if not page["pageInfo"]["hasNextPage"]:
                break
            after, paged = page["pageInfo"]["endCursor"], paged + len(nodes)
            if paged + size > PAGED:
                after, paged, beyond = None, 0, f"id:>{variants[-1]['variant_id']}"
        result = await db.link_products(database, shop.id, first_at)
    except BaseException as error:
        await db_runs.finish_run(database, run_id, None, str(error) or type(error).__name__)
        raise
    await db_runs.finish_run(database, run_id, json.dumps(result), None)
    return result
