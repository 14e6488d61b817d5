"""Undo: restore what a run has written, of every kind, where Shopify still holds it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping

from runner.db import Database, safety
from runner.db import runs as db_runs
from runner.db.core import Row
from runner.db.lanes import Turn
from runner.engine.strategy import Strategy
from runner.errors import InvalidInput
from runner.shopify.client import ATTEMPTS
from runner.shopify.shops import Shops

# What changes at Shopify while it is restored is looked at again so often.
LOOKS = 5
POLL_SECONDS = 0.05


async def undo_run(shops: Shops, strategies: Mapping[str, Strategy], run_id: int, patience: float) -> Row:
    """Hold the kinds that a run has written, and have a runner restore what it has set, where Shopify still holds it.

    Begun again after an interruption, it goes on: what is restored stays so.

    Args:
        patience: seconds to wait for a runner to send what is stored.

    Returns:
        ``written`` by the run, ``restored``, ``refused``, ``changed`` since and left alone, numbers of ``parts``: what
        they are.

    Raises:
        InvalidInput: there is no such run, it has set nothing, its shop is not live, or no runner works.
        Transient, ShopRefused: the shop cannot be read.
    """
    database = shops.db
    found = await safety.run(database, run_id)
    objects = {kind: await safety.objects_written(database, kind, run_id) for kind in strategies}
    if found is None or not any(objects.values()):
        raise InvalidInput(f"Run {run_id} has written nothing that could be restored.", remedy="Run: shelfwire runs")
    if found["mode"] != "live":
        raise InvalidInput(
            f"{found['shop']} is in mode {found['mode']}, so nothing is written to it.",
            remedy="Only a live shop can be restored; to stop one that is, run: shelfwire guard hold DOMAIN",
        )
    undo = await db_runs.start_run(database, "undo", found["shop_id"])
    async with db_runs.failures_noted(database, undo):
        client = await shops.client(found["shop_id"])
        for _ in range(LOOKS):
            stored = 0
            for kind, some in objects.items():
                if some:
                    turn = Turn(found["shop_id"], kind, 0, 0)
                    await strategies[kind].look(client, turn, some, ATTEMPTS, None)
                    stored += await safety.restore_run(database, kind, run_id, undo.id)
            if not stored:
                break
            await _sent(database, undo.id, patience)
    return await safety.finish_undo(database, run_id, undo.id)


async def _sent(database: Database, undo_id: int, patience: float) -> None:
    deadline = time.monotonic() + patience
    while left := await safety.open_requests(database, undo_id):
        if time.monotonic() > deadline:
            raise InvalidInput(
                f"{left} requests wait for a runner to send them.",
                remedy="Start one (shelfwire run), or see what holds it back: shelfwire doctor. Then run this again.",
            )
        await asyncio.sleep(POLL_SECONDS)
