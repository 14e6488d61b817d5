"""Times in searches. A value names the whole span it leaves open: a day, an hour, a second."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

FORM = re.compile(
    r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:[T ](\d\d)(?::(\d\d)(?::(\d\d)(?:\.\d+)?)?)?)?)?)?(Z|[+-]\d\d:?\d\d)?\Z"
)


class Timespan(NamedTuple):
    """Seconds since 1970, `end` exclusive."""

    start: float
    end: float


def timespan(text: str, now: float) -> Timespan | None:
    """`2026`, `2026-11`, `2026-11-21`, …`T10`, …`T10:00`, …`T10:00:00Z`, `now`; without a zone UTC."""
    if text.lower() == "now":
        return Timespan(now, now)
    match = FORM.match(text)
    if match is None:
        return None
    year, month, day, hour, minute, second, zone = match.groups()
    try:
        start = datetime.strptime(
            f"{year}-{month or 1}-{day or 1} {hour or 0}:{minute or 0}:{second or 0} {zone or 'Z'}",
            "%Y-%m-%d %H:%M:%S %z",
        )
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


def printed(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%S+00:00")
