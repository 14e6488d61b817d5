"""Read the levels of single items: those never read, those a compare-and-set found changed."""

from __future__ import annotations

from collections.abc import Sequence

from runner.db import Database, inventory
from runner.linking.variants import levels_of
from runner.shopify.client import ATTEMPTS, Client
from runner.shopify.documents import document
from runner.shopify.gids import id_of


async def read_levels(
    db: Database,
    client: Client,
    shop_id: int,
    items: Sequence[int],
    locations: int,
    request_id: int | None = None,
    attempts: int = ATTEMPTS,
) -> list[int]:
    """Read the levels of some items and note them; returns the items that are no more.

    Args:
        locations: how many locations the shop has.
        request_id: the stale request that made us look; differences become conflicts.
        attempts: how often each call is tried.

    Raises:
        Transient, ShopRefused, RequestRefused: as the client.
    """
    query = document("InventoryLevels")
    step = client.costs.best(query, {"levels": locations}).items
    gone: list[int] = []
    for start in range(0, len(items), step):
        some = items[start : start + step]
        tick = await db.tick()
        ids = [f"gid://shopify/InventoryItem/{i}" for i in some]
        answer = await client.execute(query, {"ids": ids, "levels": locations}, attempts=attempts)
        found = [node for node in answer.data["nodes"] if node]
        read = {id_of(node["id"]) for node in found}
        gone += [item for item in some if item not in read]
        levels = [level for node in found for level in levels_of(node)]
        await inventory.record_levels(db, shop_id, tick, sorted(read), levels, request_id)
    return gone
