"""Undo: restore the levels that a run has set, where Shopify still holds them."""

from __future__ import annotations

import asyncio
import time

from runner.db import Database, inventory, safety
from runner.db import runs as db_runs
from runner.db import shops as db_shops
from runner.db.core import Row
from runner.errors import InvalidInput
from runner.inventory.levels import read_levels
from runner.shopify.shops import Shops

# Levels that change at Shopify while they are restored are looked at again so often.
LOOKS = 5
POLL_SECONDS = 0.05


async def undo_run(shops: Shops, run_id: int, patience: float) -> Row:
    """Hold the shop, and have a runner restore by compare-and-set what a run has set.

    Begun again after an interruption, it goes on: what is restored stays so.

    Args:
        patience: seconds to wait for a runner to send what is stored.

    Returns:
        ``written`` by the run, ``restored``, ``refused``, ``changed`` since and left alone; numbers of levels.

    Raises:
        InvalidInput: there is no such run, it has set nothing, its shop is not live, or no runner works.
        Transient, ShopRefused: the shop cannot be read.
    """
    database = shops.db
    found = await safety.run(database, run_id)
    items = await inventory.items_written(database, run_id)
    if found is None or not items:
        raise InvalidInput(f"Run {run_id} has set no level of a shop.", remedy="Run: shelfwire runs")
    if found["mode"] != "live":
        raise InvalidInput(
            f"{found['shop']} is in mode {found['mode']}, so nothing is written to it.",
            remedy="Only a live shop can be restored; to stop one that is, use: shelfwire guard hold",
        )
    undo = await db_runs.start_run(database, "undo", found["shop_id"])
    async with db_runs.failures_noted(database, undo):
        locations = max(1, len(await db_shops.locations(database, found["shop_id"])))
        for _ in range(LOOKS):
            await read_levels(database, await shops.client(found["shop_id"]), found["shop_id"], items, locations)
            if not await inventory.restore_levels(database, run_id, undo.id):
                break
            await _sent(database, undo.id, patience)
    return await inventory.finish_restoring(database, run_id, undo.id)


async def _sent(database: Database, undo_id: int, patience: float) -> None:
    deadline = time.monotonic() + patience
    while left := await safety.open_requests(database, undo_id):
        if time.monotonic() > deadline:
            raise InvalidInput(
                f"{left} requests wait for a runner to send them.",
                remedy="Start one (shelfwire run), or see what holds it back: shelfwire doctor. Then run this again.",
            )
        await asyncio.sleep(POLL_SECONDS)
