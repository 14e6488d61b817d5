"""A shop's collections: what the warehouse may put products into."""

from __future__ import annotations

from datetime import datetime

from runner.db import Database
from runner.db import catalog as db
from runner.shopify.client import Client
from runner.shopify.gids import id_of
from runner.shopify.pages import pages
from runner.shopify.search import since_query

# Points of the budget that reading leaves to pushes.
KEEP = 300


async def read_collections(database: Database, client: Client, shop_id: int, since: datetime | None = None) -> None:
    """Read a shop's collections and note them: all, or those that have changed since; none if the mapping names none.

    Raises:
        Transient, ShopRefused: the shop cannot be read.
    """
    if "collections" not in await db.columns(database):
        return
    found = [
        {
            "collection_id": id_of(n["id"]), "handle": n["handle"], "title": n["title"],
            "is_smart": n["ruleSet"] is not None,
        }
        async for nodes in pages(client, "Collections", {"query": since and since_query(since)}, KEEP)
        for n in nodes
    ]  # fmt: skip
    await db.record_collections(database, shop_id, found, is_whole=since is None)
