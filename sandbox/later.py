"""Work that Shopify does in the background."""

from __future__ import annotations

import asyncio
from collections.abc import Callable


def soon(work: Callable[[], None]) -> None:
    """Run after the present request is answered."""
    asyncio.get_running_loop().call_soon(work)
