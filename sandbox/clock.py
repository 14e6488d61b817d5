"""Time as the sandbox sees it: seconds since 1970, printed in UTC to the second; and work for a moment later."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache


class Clock:
    """Wall time for stamps and a monotonic time for rates; tests put a standing clock in its place."""

    def now(self) -> float:
        return time.time()

    def monotonic(self) -> float:
        return time.monotonic()


@lru_cache(maxsize=4096)
def _print(second: int) -> str:
    return datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def iso(moment: float) -> str:
    """`2026-11-21T10:00:00Z`."""
    return _print(int(moment))


def soon(work: Callable[[], None]) -> None:
    """In the background, as Shopify does long work: after the present request is answered."""
    asyncio.get_running_loop().call_soon(work)
