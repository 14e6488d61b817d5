"""Look for what people have changed in a shop's products and collections since the last look."""

from __future__ import annotations

from datetime import datetime, timedelta

from runner.catalog.collections import read_collections
from runner.catalog.products import read_parts, read_products
from runner.db import Database
from runner.db import catalog as db
from runner.db.runs import Run
from runner.shopify.client import Client
from runner.shopify.gids import id_of
from runner.shopify.pages import pages
from runner.shopify.search import since_query

# Points of the budget that looking leaves to pushes.
KEEP = 300
# Collections of one page.
FEW = 250
# Shopify's search is behind its writes by some seconds; what was seen before is no harm.
OVERLAP = timedelta(minutes=2)


async def look_at_products(
    database: Database, client: Client, shop_id: int, since: datetime | None = None, run: Run | None = None
) -> int:
    """Read what has changed in a shop since some moment, or the last look, and have those products judged that people
    have changed; for a run, if there is one.

    Returns how many these are; 0 where the catalogue does not follow the warehouse.

    Raises:
        Transient, ShopRefused: the shop cannot be read.
    """
    catalog = await db.catalog(database, shop_id)
    if catalog is None:
        return 0
    since = (since or catalog["looked_until"] or catalog["followed_at"]) - OVERLAP
    # Of few all: one that was deleted is in no list of changes.
    many = await db.count_collections(database, shop_id) > FEW
    await read_collections(database, client, shop_id, since if many else None)
    ours = await db.linked_products(database, shop_id)
    until = since
    async for nodes in pages(client, "ProductsChanged", {"query": since_query(since)}, KEEP):
        changed = [(id_of(n["id"]), datetime.fromisoformat(n["updatedAt"])) for n in nodes]
        # What was seen in the state that it has is not read again. Of others the SKUs matter: what somebody makes in
        # the shop is not made a second time.
        unseen = [number for number, at in changed if ours.get(number) != at]
        await read_products(database, client, shop_id, unseen, keep=KEEP)
        await read_parts(database, client, shop_id, [number for number in unseen if number in ours], keep=KEEP)
        until = max([until, *(at for _, at in changed)])
    await read_parts(database, client, shop_id, await db.products_with_parts(database, shop_id, None), keep=KEEP)
    marked = await db.mark_edited(database, shop_id, run.id if run else None)
    await db.note_look(database, shop_id, until)
    return marked
