"""A lane, taken by a job: its keys, one batch after another. It knows no payload."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from runner.db import Database, lanes
from runner.db.lanes import Round, Turn
from runner.engine.pulse import Pulse
from runner.shopify.client import ATTEMPTS

R = TypeVar("R", bound=Round)

# Seconds for which a job without work keeps its lane: changes that come one by one need not a job each.
LINGER = 0.05


@dataclass(frozen=True)
class Lane:
    """A job's lane.

    Attributes:
        stopping: set when the runner is to end.
        waiting: beats when there is more in the lane.
        attempts: how often a call is tried until the shop has taken one.
    """

    db: Database
    turn: Turn
    stopping: asyncio.Event
    waiting: Pulse
    attempts: int = ATTEMPTS

    async def follow(self, ask: Callable[[str], Awaitable[R]]) -> R:
        """What comes after the keys at hand: ask until there is some, or none for a while.

        ``ask`` settles what is done and is told what is wanted: linger, or, for the last time, go on or end.
        """
        until = time.monotonic() + LINGER
        while True:
            beats = self.waiting.beats
            left = until - time.monotonic()
            done = await ask("end" if self.stopping.is_set() else "linger" if left > 0 else "go on")
            if not done.lingers:
                return done
            await self.waiting.after(beats, left)

    async def batches(self) -> AsyncIterator[tuple[Turn, list[str]]]:
        """For what only reads or applies: take the lane; yields keys, which are settled when the next are asked for.

        Raises:
            LaneGone, LaneTaken: the shop was removed, or another job works in the lane now.
        """
        turn, keys = await lanes.open_lane(self.db, self.turn)
        while True:
            if keys:
                yield turn, keys
            done = await self.follow(partial(lanes.advance_lane, self.db, turn, keys))
            if not done.keys:
                return
            keys = done.keys
