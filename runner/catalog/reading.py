"""Read a shop's whole catalogue by bulk operations, and note it."""

from __future__ import annotations

from runner.bulk.reading import read_all
from runner.db import Database
from runner.db import bulk as db_bulk
from runner.db import catalog as db
from runner.db import runs as db_runs
from runner.db import shops as db_shops
from runner.db.bulk import Operation
from runner.db.runs import Run
from runner.linking.variants import Progress
from runner.shopify.client import Client
from runner.shopify.documents import document

# Products that are noted at a time, each with its variants.
PRODUCTS = 250
# Points of the budget that reading all leaves to pushes.
KEEP = 500


async def read_catalog(
    database: Database, client: Client, shop_id: int, run: Run, total: int, progress: Progress
) -> int:
    """Read all products of a shop with all that belongs to them; those that it does not show are forgotten.

    Interrupted, whoever takes the run over goes on with the operations that were begun.

    Args:
        total: how many products there are, as was counted right before.

    Returns:
        how many it has forgotten.

    Raises:
        RunTaken, RunCancelled: the run is not ours any more, or is to end.
        BulkFailed: an operation has no result that is whole.
        Transient, ShopRefused: the shop cannot be read.
    """
    done = 0

    async def alive() -> None:
        await db_runs.advance_run(database, run, done, total, run.reached or "products")
        progress(done, total)

    async def read(name: str, variables: dict[str, list[str]]) -> Operation:
        return await read_all(database, client, shop_id, name, variables, run.owner, total, alive)

    channels = await read("BulkPublications", {}) if await _may_see_channels(database, shop_id) else None
    products = await read("BulkProducts", {"keys": await db.metafields(database) or ["shelfwire.product"]})
    async for first, last, some in db_bulk.ranges(database, products, 0, PRODUCTS, roots=True):
        await db.record_bulk_products(database, products.id, channels.id if channels else None, first, last)
        done += some
        await alive()
    gone = await db.forget_unshown(database, shop_id, products.tick)
    for operation in (products, channels):
        if operation:
            await db_bulk.end(database, operation)
    return gone


async def count_products(client: Client) -> int:
    """How many products a shop has."""
    answer = await client.execute(document("ProductsCount"), {}, keep=KEEP)
    return int(answer.data["productsCount"]["count"])


async def _may_see_channels(database: Database, shop_id: int) -> bool:
    granted = await db_shops.granted_scopes(database, shop_id)
    return not {"read_publications", "write_publications"}.isdisjoint(granted)
