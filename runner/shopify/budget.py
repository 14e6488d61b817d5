"""The cost budget: ask for points before a call, in turn with all other runner processes."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from runner.db import Database
from runner.db import shops as db_shops
from runner.errors import DatabaseError, Transient

# A clock that wakes a hair early must not send early.
GUARD = 0.002


class Stopping(Transient):
    """The runner is stopping; what waits is given back."""

    code = "STOPPING"


class Budget:
    """Points of one shop. ``stopping`` ends every wait."""

    def __init__(self, db: Database, shop_id: int, stopping: asyncio.Event) -> None:
        self._db = db
        self._shop_id = shop_id
        self._stopping = stopping

    async def reserve(self, cost: int, keep: int = 0, *, writes: bool = False) -> None:
        """Return when ``cost`` points may be spent. ``keep`` points are left to more urgent callers.

        Raises:
            ShopHeld: ``writes``, and the shop is not live.
            Stopping: the runner is asked to stop meanwhile.
        """
        while True:
            granted, wait = await db_shops.reserve_budget(self._db, self._shop_id, cost, keep, writes=writes)
            if granted:
                await self.claim(cost, wait)
                return
            await self.pause(wait)

    async def claim(self, cost: int, wait: float) -> None:
        """Return when points that are taken are there, in so many seconds; given up, they are given back.

        Raises:
            Stopping: the runner is asked to stop meanwhile.
        """
        try:
            if wait > 0:
                await self.pause(wait)
        except BaseException:
            await self.give_back(cost)
            raise

    async def give_back(self, cost: int) -> None:
        """Points that were taken for a call that is never sent; if Postgres is away, they come back by themselves."""
        with suppress(DatabaseError):
            await db_shops.return_points(self._db, self._shop_id, cost)

    async def pause(self, seconds: float) -> None:
        """Wait.

        Raises:
            Stopping: the runner is asked to stop meanwhile.
        """
        try:
            await asyncio.wait_for(self._stopping.wait(), seconds + GUARD)
        except TimeoutError:
            return
        raise Stopping("The runner is stopping.")
