"""Read a shop's locations."""

from __future__ import annotations

from typing import Any

from runner.db import Database, shops
from runner.shopify.client import Client
from runner.shopify.documents import document
from runner.shopify.gids import id_of


async def read_locations(db: Database, client: Client, shop_id: int, keep: int = 0) -> list[dict[str, Any]]:
    """Read a shop's locations and note them; returns ``location_id, name, is_active`` of each.

    Args:
        keep: points of the budget to leave to more urgent callers.

    Raises:
        Transient, ShopRefused, RequestRefused: as the client.
    """
    found: list[dict[str, Any]] = []
    after: str | None = None
    while True:
        page = (await client.execute(document("Locations"), {"after": after}, keep=keep)).data["locations"]
        found += [{"location_id": id_of(n["id"]), "name": n["name"], "is_active": n["isActive"]} for n in page["nodes"]]
        if not page["pageInfo"]["hasNextPage"]:
            await shops.record_locations(db, shop_id, found)
            return found
        after = page["pageInfo"]["endCursor"]
