"""Times in searches. A value names the whole span it leaves open: a day, an hour, a second."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

FORM = re.compile(
    r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:[T ](\d\d)(?::(\d\d)(?::(\d\d)(?:\.\d+)?)?)?)?)?)?(Z|[+-]\d\d:?\d\d)?\Z"
)


class Timespan(NamedTuple):
    """Seconds since 1970, `end` exclusive."""

    start: float
    end: float


def timespan(text: str, now: float, here: ZoneInfo) -> Timespan | None:
    """`2026`, `2026-11`, `2026-11-21`, …`T10`, …`T10:00`, …`T10:00:00Z`, `now`; without a zone the shop's time."""
    if text.lower() == "now":
        return Timespan(now, now)
    match = FORM.match(text)
    if match is None:
        return None
    year, month, day, hour, minute, second, zone = match.groups()
    clock = f"{year}-{month or 1}-{day or 1} {hour or 0}:{minute or 0}:{second or 0}"
    try:
        if zone:
            start = datetime.strptime(f"{clock} {zone}", "%Y-%m-%d %H:%M:%S %z")
        else:
            start = datetime.strptime(clock, "%Y-%m-%d %H:%M:%S").replace(tzinfo=here)
    except ValueError:
        return None
    if month is None:
        end = start.replace(year=start.year + 1)
    elif day is None:
        end = (start.replace(day=28) + timedelta(days=4)).replace(day=1)
    elif hour is None:
        end = start + timedelta(days=1)
    elif minute is None:
        end = start + timedelta(hours=1)
    else:
        end = start + (timedelta(minutes=1) if second is None else timedelta(seconds=1))
    return Timespan(start.timestamp(), end.timestamp())


def printed(moment: float, here: ZoneInfo) -> str:
    """`2026-11-21T05:00:00-05:00`, the shop's time."""
    return datetime.fromtimestamp(int(moment), here).isoformat()
