"""Bring a shop's whole catalogue into its mirror, whether it follows the warehouse or not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from runner.bulk.way import choose_way
from runner.catalog.collections import read_collections
from runner.catalog.products import note_identities, read_parts, read_products
from runner.catalog.reading import KEEP, count_products, read_catalog
from runner.db import Database, mirror
from runner.db import catalog as db
from runner.db import runs as db_runs
from runner.db.runs import Run
from runner.db.shops import Shop
from runner.linking.variants import Progress
from runner.shopify.client import Client
from runner.shopify.documents import document
from runner.shopify.gids import id_of
from runner.shopify.pages import pages

# Of one product, as its cost is reckoned.
SIZES: Mapping[str, Any] = {"ids": [0], "variants": 10, "media": 10, "metafields": 10, "keys": []}


async def import_products(
    database: Database, client: Client, shop: Shop, run: Run, progress: Progress
) -> Mapping[str, Any] | None:
    """Read every product of a shop, with its variants and all that belongs to it: page by page, or by bulk operations.

    Raises:
        RunTaken, RunCancelled: the run is not ours any more, or is to end.
        BulkFailed: a bulk operation has no result that is whole.
        Transient, ShopRefused: the shop cannot be read.
    """
    await read_collections(database, client, shop.id)
    total = await count_products(client)
    each = sum(document(name).cost(SIZES) for name in ("Products", "ProductParts"))
    way = await choose_way(database, shop.id, "catalog", f"{total:,} products page by page", total * each, KEEP)
    await db_runs.note_way(database, run, way.why)
    if way.is_bulk:
        gone = await read_catalog(database, client, shop.id, run, total, progress)
    else:
        gone = await _read_pages(database, client, shop.id, total, progress)
    return {"products": total, "gone": gone, **await mirror.count_remote_only(database, shop.id)}


async def _read_pages(database: Database, client: Client, shop_id: int, total: int, progress: Progress) -> int:
    tick = await database.tick()
    done = 0
    async for nodes in pages(client, "ProductIdentities", keep=KEEP):
        ids = [id_of(node["id"]) for node in nodes]
        await read_products(database, client, shop_id, ids, keep=KEEP)
        await read_parts(database, client, shop_id, ids, keep=KEEP)
        await note_identities(database, shop_id, nodes)
        done += len(nodes)
        progress(done, total)
    return await db.forget_unshown(database, shop_id, tick)
