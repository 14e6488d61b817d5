"""Read a shop's locations."""

from __future__ import annotations

from typing import Any

from runner.db import Database, shops
from runner.shopify.client import Client
from runner.shopify.gids import id_of
from runner.shopify.pages import pages


async def read_locations(db: Database, client: Client, shop_id: int, keep: int = 0) -> list[dict[str, Any]]:
    """Read a shop's locations and note them; returns ``location_id, name, is_active`` of each.

    Args:
        keep: points of the budget to leave to more urgent callers.

    Raises:
        Transient, ShopRefused, RequestRefused: as the client.
    """
    found = [
        {"location_id": id_of(n["id"]), "name": n["name"], "is_active": n["isActive"]}
        async for nodes in pages(client, "Locations", keep=keep)
        for n in nodes
    ]
    await shops.record_locations(db, shop_id, found)
    return found
