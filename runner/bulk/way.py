"""Which way is taken: single calls, or a bulk operation."""

from __future__ import annotations

from typing import NamedTuple

from runner.db import Database
from runner.db import bulk as db


class Way(NamedTuple):
    """Whether a bulk operation is used, and why, for people."""

    is_bulk: bool
    why: str


async def choose_way(database: Database, shop_id: int, kind: str, what: str, points: int, keep: int) -> Way:
    """Single calls while they need not wait for points for long: a bulk operation takes some seconds whatever it reads.

    Args:
        kind: how long single calls may take is said for each (``sync.kinds.bulk_above``).
        what: what single calls would be, such as ``12 pages of variants``.
        points: what they would cost.
        keep: points of the bucket that they leave to others.
    """
    if database.encoding.name == "SQL_ASCII":
        return Way(is_bulk=False, why=f"{what}: the encoding of the database is not known")
    capacity, rate, above = await db.budget(database, shop_id, kind)
    waits = max(0.0, points - (capacity - keep)) / rate if rate else 0.0
    told = f"{what} would cost {points:,} points, and wait {waits:,.0f} s for them"
    if waits > above:
        return Way(is_bulk=True, why=f"bulk operation: {told}")
    return Way(is_bulk=False, why=f"single calls: {told}")
