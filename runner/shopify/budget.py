"""The cost budget: ask for points before a call, in turn with all other runner processes."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress

from runner.db import Database
from runner.db import shops as db_shops
from runner.errors import DatabaseError, ShopHeld, Transient

# A clock that wakes a hair early must not send early.
GUARD = 0.002
# While points are waited for, it is asked so often whether the shop may be written to; and before a mutation leaves, if
# the last answer is older than FRESH.
SLICE = 1.0
FRESH = 0.1
# Who leaves points to more urgent callers does so no longer than this: then it takes its turn among them.
PATIENCE = 5.0


class Stopping(Transient):
    """The runner is stopping; what waits is given back."""

    code = "STOPPING"


class Budget:
    """Points of one shop. ``stopping`` ends every wait."""

    def __init__(self, db: Database, shop_id: int, stopping: asyncio.Event) -> None:
        self._db = db
        self._shop_id = shop_id
        self._stopping = stopping

    async def reserve(self, cost: int, keep: int = 0, *, writes: bool = False, request_id: int | None = None) -> None:
        """Return when ``cost`` points may be spent. ``keep`` points are left to more urgent callers,
        for five seconds: nobody waits for ever.

        Raises:
            ShopHeld: ``writes``, and nothing may be written to the shop, or not by the request's kind.
            Stopping: the runner is asked to stop meanwhile.
        """
        begun = time.monotonic()
        while True:
            asked = time.monotonic()
            if asked - begun > PATIENCE:
                keep = 0
            granted, wait = await db_shops.reserve_budget(
                self._db, self._shop_id, cost, keep, writes=writes, request_id=request_id
            )
            if granted:
                await self.claim(cost, wait, asked=asked if writes else None, request_id=request_id)
                return
            await self.pause(wait)

    async def claim(self, cost: int, wait: float, *, asked: float | None = None, request_id: int | None = None) -> None:
        """Return when points that are taken are there, in so many seconds; given up, they are given back.

        ``asked``: when it was asked, by time.monotonic(), whether the shop may be written to; it is asked again when
        that is too long ago, for the wait or because this process was held up.

        Raises:
            ShopHeld: the shop may no longer be written to.
            Stopping: the runner is asked to stop meanwhile.
        """
        until = time.monotonic() + wait
        try:
            while True:
                if asked is not None and time.monotonic() - asked > FRESH:
                    asked = await self._ask(request_id)
                if (left := until - time.monotonic()) <= 0:
                    return
                await self.pause(min(left, SLICE))
        except BaseException:
            await self.give_back(cost)
            raise

    async def _ask(self, request_id: int | None) -> float:
        asked = time.monotonic()
        if not await db_shops.may_write(self._db, self._shop_id, request_id):
            raise ShopHeld
        return asked

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
