"""Reconciling: what runs found wrong."""

from __future__ import annotations

from typing import NamedTuple

from runner.db.core import Database, Row


class Comparison(NamedTuple):
    """Levels compared, wrong ones by cause, products made pending, discrepancies that are no more."""

    levels: int
    causes: dict[str, int]
    marked: int
    vanished: int

    @property
    def found(self) -> int:
        """How many levels are wrong."""
        return sum(self.causes.values())


async def record_discrepancies(db: Database, run_id: int, *, correct: bool) -> Comparison:
    """Compare what a run has read with what should be, and note what is wrong; ``correct`` makes it pending."""
    row = await db.row(
        "select levels, causes, marked, vanished from sync.record_discrepancies(%s, %s)", (run_id, correct)
    )
    return Comparison(**row)


async def discrepancies(db: Database, shop: str | None, limit: int) -> list[Row]:
    """What is wrong and not corrected yet, the largest first."""
    return await db.fetch(
        "select * from sync.open_discrepancies where %s::text is null or shop = %s "
        "order by abs(size) desc, shop, sku, location limit %s",
        (shop, shop, limit),
    )
