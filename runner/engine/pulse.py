"""A pulse: whoever has nothing to do waits for its next beat."""

from __future__ import annotations

import asyncio
from contextlib import suppress


class Pulse:
    """Counts beats; tasks of one event loop wait for them."""

    def __init__(self) -> None:
        self.beats = 0
        self._next = asyncio.Event()

    def beat(self) -> None:
        """Wake all who wait."""
        self.beats += 1
        self._next.set()
        self._next = asyncio.Event()

    async def after(self, beats: int, seconds: float) -> None:
        """Return once there were more than so many ``beats``, or after some ``seconds``."""
        if self.beats == beats:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._next.wait(), seconds)
