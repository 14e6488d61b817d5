"""Moments that a test has to wait for."""

from __future__ import annotations

import time


def another_second() -> None:
    """Until the second has changed: Shopify's times have no fractions, so what is done in one second looks the same."""
    time.sleep(1.0 - time.time() % 1.0)
