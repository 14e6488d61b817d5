"""Moments as people read them."""

from __future__ import annotations

from datetime import UTC, datetime


def when(moment: str | None) -> str:
    """A moment of JSON in UTC, to the millisecond."""
    if moment is None:
        return "never"
    return f"{datetime.fromisoformat(moment).astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}"[:-3] + " UTC"
