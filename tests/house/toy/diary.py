"""Writes the diary: an errand that takes keys from its lane and applies them, and calls nobody."""

from __future__ import annotations

from runner.engine.lane import Lane
from runner.shopify.client import Client


async def write(lane: Lane, _client: Client) -> None:
    """One entry for each key."""
    async for turn, keys in lane.batches():
        await lane.db.fetch("insert into sync.diary select %s, unnest(%s::text[])", (turn.shop_id, keys))
