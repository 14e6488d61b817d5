"""What a check finds, and the words that all of them use."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import timedelta

from runner.db import Database

OK, WARNING, FAILED = "ok", "warning", "failed"


@dataclass(frozen=True)
class Finding:
    """The answer to one check: ``state`` is ok, warning or failed; ``remedy`` is what a person can do."""

    check: str
    state: str
    message: str
    remedy: str | None = None


Check = Callable[[Database], AsyncIterator[Finding]]


def counted(number: int, noun: str) -> str:
    """``1 product``, ``2 products``."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def age(lasting: timedelta) -> str:
    """In the largest unit that it fills: ``3 minutes``."""
    seconds = lasting.total_seconds()
    for unit, length in (("day", 86_400), ("hour", 3600), ("minute", 60)):
        if seconds >= length:
            return counted(int(seconds / length), unit)
    return counted(max(0, int(seconds)), "second")
