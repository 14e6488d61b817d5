"""Read a shop's variants with their levels, and note them: as linking, planning, reconciling begin."""

from __future__ import annotations

import math
from collections.abc import AsyncIterator, Callable
from typing import Any

from runner.bulk.reading import read_all
from runner.bulk.way import choose_way
from runner.db import Database, inventory, linking
from runner.db import bulk as db_bulk
from runner.db import runs as db_runs
from runner.db.runs import Run
from runner.shopify.client import Client
from runner.shopify.documents import document
from runner.shopify.gids import id_of
from runner.shopify.locations import read_locations

# Points of the budget that reading leaves to pushes of stock.
KEEP = 500
# Shopify pages through 25,000 objects of a connection; what lies beyond is a connection of its own.
PAGED = 25_000
# Lines of a bulk operation that are noted at a time.
LINES = 5_000

# Called with variants read and variants in all.
Progress = Callable[[int, int], None]


def levels_of(item: dict[str, Any]) -> list[dict[str, int]]:
    """The levels of an InventoryItem as `record_levels` takes them."""
    return [
        {
            "inventory_item_id": id_of(item["id"]),
            "location_id": id_of(level["location"]["id"]),
            **{q["name"]: q["quantity"] for q in level["quantities"]},
        }
        for level in item["inventoryLevels"]["nodes"]
    ]


async def read_shop(database: Database, client: Client, shop_id: int, run: Run, progress: Progress) -> None:
    """Read all variants of a shop for a run, from where it has got to: page by page, or by a bulk operation.

    Raises:
        RunTaken: another process has taken the run over.
        BulkFailed: the bulk operation has no result that is whole.
        Transient, ShopRefused: the shop cannot be read.
    """
    counted = await client.execute(document("VariantsCount"), {}, keep=KEEP)
    total = int(counted.data["productVariantsCount"]["count"])
    locations = max(1, len(await read_locations(database, client, shop_id, KEEP)))
    size, points = client.costs.best(document("Variants"), {"levels": locations})
    pages = math.ceil(total / size)
    way = await choose_way(database, shop_id, "inventory", f"{pages:,} pages of {size} variants", pages * points, KEEP)
    # A run that was begun one way goes on that way.
    is_bulk = run.reached.startswith("line ") if run.reached is not None else way.is_bulk
    await db_runs.note_way(database, run, way.why)
    if is_bulk:
        await _read_bulk(database, client, shop_id, run, total, progress)
    else:
        await _read_pages(database, client, shop_id, run, total, locations, progress)
    await linking.read_whole(database, run.id)


async def _read_bulk(
    database: Database, client: Client, shop_id: int, run: Run, total: int, progress: Progress
) -> None:
    """Read all by one operation, then note its lines, some thousands at a time."""

    done = run.done
    reached = int((run.reached or "line 0").removeprefix("line "))

    async def alive() -> None:
        await db_runs.advance_run(database, run, done, total, f"line {reached}")

    operation = await read_all(database, client, shop_id, "BulkVariants", {}, run.owner, total, alive)
    total = operation.objects
    async for first, last, lines in db_bulk.ranges(database, operation, reached, LINES):
        await linking.record_bulk_variants(database, operation.id, first, last)
        done, reached = done + lines, last
        await alive()
        progress(done, total)
    async for first, last, _ in db_bulk.ranges(database, operation, 0, LINES, roots=True):
        await linking.record_bulk_items(database, operation.id, first, last)
        await alive()
    await db_bulk.end(database, operation)


async def _read_pages(
    database: Database, client: Client, shop_id: int, run: Run, total: int, locations: int, progress: Progress
) -> None:
    done = run.done
    beyond = None if run.reached is None else int(run.reached)
    async for read, last in _pages(database, client, shop_id, locations, beyond):
        done += read
        await db_runs.advance_run(database, run, done, total, str(last))
        progress(done, max(total, done))


async def _pages(
    database: Database, client: Client, shop_id: int, locations: int, beyond: int | None
) -> AsyncIterator[tuple[int, int]]:
    """Note page after page of the variants with a greater number than ``beyond``; yields how many a page had and the
    number of its last one."""
    query = document("Variants")
    paged = 0
    after: str | None = None
    while True:
        tick = await database.tick()
        scope = None if beyond is None else f"id:>{beyond}"
        size = client.costs.best(query, {"levels": locations}).items
        variables = {"first": size, "levels": locations, "after": after, "query": scope}
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
                "barcode": n["barcode"],
                "handle": n["product"]["handle"],
            }
            for n in nodes
        ]
        await linking.record_variants(database, shop_id, tick, variants)
        levels = [level for n in nodes for level in levels_of(n["inventoryItem"])]
        items = [v["inventory_item_id"] for v in variants]
        await inventory.record_levels(database, shop_id, tick, items, levels)
        if variants:
            yield len(variants), variants[-1]["variant_id"]
        if not page["pageInfo"]["hasNextPage"]:
            return
        after, paged = page["pageInfo"]["endCursor"], paged + len(nodes)
        if paged + size > PAGED:
            after, paged, beyond = None, 0, variants[-1]["variant_id"]
