"""Read products as the shop shows them, and note them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from runner.bulk.way import choose_way
from runner.catalog.collections import read_collections
from runner.catalog.reading import KEEP, count_products, read_catalog
from runner.db import Database
from runner.db import catalog as db
from runner.db import runs as db_runs
from runner.db.runs import Run
from runner.linking.variants import Progress
from runner.shopify.client import ATTEMPTS, Client
from runner.shopify.documents import document
from runner.shopify.gids import id_of
from runner.shopify.pages import pages

# Variants, and media, of a page.
PAGE = 250


async def read_products(
    database: Database, client: Client, shop_id: int, products: Sequence[int], attempts: int = ATTEMPTS, keep: int = 0
) -> None:
    """Read some products anew and note them, by number, and of those that want it their parts; those that are no more
    are forgotten.

    Raises:
        Transient, ShopRefused, RequestRefused: as the client.
    """
    query = document("Products")
    for size, some in (await db.sizes(database, shop_id, products)).items():
        variants, media = size
        step = client.costs.best(query, {"variants": variants, "media": media}).items
        for start in range(0, len(some), step):
            wanted = some[start : start + step]
            tick = await database.tick()
            ids = [f"gid://shopify/Product/{number}" for number in wanted]
            variables = {"ids": ids, "variants": variants, "media": media}
            answer = await client.execute(query, variables, attempts=attempts, keep=keep)
            found = [await whole(client, node) for node in answer.data["nodes"] if node]
            await db.record_products(database, shop_id, tick, found)
            if gone := sorted({*wanted} - {id_of(node["id"]) for node in found}):
                await db.forget_products(database, shop_id, gone)
    await read_parts(
        database, client, shop_id, await db.products_with_parts(database, shop_id, products), attempts, keep
    )


async def read_parts(
    database: Database, client: Client, shop_id: int, products: Sequence[int], attempts: int = ATTEMPTS, keep: int = 0
) -> None:
    """Read metafields, collections, sales channels and images of some linked products anew and note them, by number.

    Raises:
        Transient, ShopRefused, RequestRefused: as the client.
    """
    if not products:
        return
    query = document("ProductParts")
    keys = await db.metafields(database)
    for (_, media), some in (await db.sizes(database, shop_id, products)).items():
        sizes = {"media": media, "metafields": max(1, len(keys)), "keys": keys or ["shelfwire.product"]}
        step = client.costs.best(query, sizes).items
        for start in range(0, len(some), step):
            tick = await database.tick()
            ids = [f"gid://shopify/Product/{number}" for number in some[start : start + step]]
            answer = await client.execute(query, {"ids": ids, **sizes}, attempts=attempts, keep=keep)
            await db.record_parts(database, shop_id, tick, [node for node in answer.data["nodes"] if node])


async def read_linked(database: Database, client: Client, shop_id: int, run: Run, progress: Progress) -> None:
    """Read every product of a shop that follows the warehouse anew, or by a bulk operation all that it has; none where
    the catalogue does not.

    Raises:
        RunTaken: another process has taken the run over.
        BulkFailed: the bulk operation has no result that is whole.
        Transient, ShopRefused: the shop cannot be read.
    """
    if await db.catalog(database, shop_id) is None:
        return
    await read_collections(database, client, shop_id)
    await adopt_products(database, client, shop_id)
    ours = sorted(await db.linked_products(database, shop_id))
    points = await _points(database, client, shop_id, ours)
    way = await choose_way(database, shop_id, "catalog", f"{len(ours):,} products one by one", points, KEEP)
    await db_runs.note_way(database, run, way.why)
    if way.is_bulk:
        await read_catalog(database, client, shop_id, run, await count_products(client), progress)
    else:
        await read_products(database, client, shop_id, ours, keep=KEEP)


async def _points(database: Database, client: Client, shop_id: int, products: Sequence[int]) -> int:
    """What reading some products would cost, without their parts."""
    query = document("Products")
    points = 0.0
    for (variants, media), some in (await db.sizes(database, shop_id, products)).items():
        size = client.costs.best(query, {"variants": variants, "media": media})
        points += len(some) / size.items * size.points
    return math.ceil(points)


async def read_identities(database: Database, client: Client, shop_id: int) -> None:
    """Note which products of a shop were made of a group of the warehouse, by an installation that is no more.

    Raises:
        Transient, ShopRefused: the shop cannot be read.
    """
    async for nodes in pages(client, "ProductIdentities", keep=KEEP):
        await note_identities(database, shop_id, nodes)


async def note_identities(database: Database, shop_id: int, nodes: Sequence[Mapping[str, Any]]) -> None:
    """Note of a page of products, as ProductIdentities shows them, which were made of a group of the warehouse."""
    found = [{"product_id": id_of(n["id"]), "group_key": n["metafield"]["value"]} for n in nodes if n["metafield"]]
    await db.record_identities(database, shop_id, found)


async def adopt_products(database: Database, client: Client, shop_id: int) -> int:
    """Link groups of products to those that the shop has already; returns how many.

    Raises:
        Transient, ShopRefused: the shop cannot be read.
    """
    await read_products(database, client, shop_id, await db.adoptable_products(database, shop_id), keep=KEEP)
    return await db.adopt(database, shop_id)


async def whole(client: Client, product: dict[str, Any]) -> dict[str, Any]:
    """A product with all of its variants, whatever page of them it came with."""
    variants = product["variants"]
    nodes, page = list(variants["nodes"]), variants["pageInfo"]
    query = document("ProductVariants")
    while page["hasNextPage"]:
        variables = {"id": product["id"], "variants": client.costs.best(query).items, "after": page["endCursor"]}
        answer = await client.execute(query, variables)
        if answer.data["product"] is None:
            break
        more = answer.data["product"]["variants"]
        nodes += more["nodes"]
        page = more["pageInfo"]
    return {**product, "variants": {"nodes": nodes, "pageInfo": page}}
