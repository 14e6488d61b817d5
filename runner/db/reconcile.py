"""Reconciling: runs that can be taken over, and what they found wrong."""

from __future__ import annotations

from typing import NamedTuple

from runner.db.core import Database, Row


class Run(NamedTuple):
    """A run of ours until somebody takes it over: how many variants it has read, and the number of the last one."""

    id: int
    attempt: int
    done: int
    reached: int | None


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


async def claim_run(db: Database, shop_id: int, kind: str) -> Run:
    """Begin a run, or take over the last one where it stopped.

    Raises:
        RunTaken: another process is at it.
    """
    row = await db.one("select run_id, attempt, done, reached from sync.claim_run(%s, %s)", (shop_id, kind))
    assert row is not None
    reached = row["reached"]
    return Run(row["run_id"], row["attempt"], row["done"], None if reached is None else int(reached))


async def advance_run(db: Database, run: Run, done: int, total: int, reached: int) -> None:
    """Note how far it is.

    Raises:
        RunTaken: another process has taken it over.
    """
    await db.fetch(
        "select sync.advance_run(%s, %s, %s, %s, %s)", (run.id, run.attempt, done, max(total, done), str(reached))
    )


async def record_discrepancies(db: Database, run_id: int, *, correct: bool) -> Comparison:
    """Compare what a run has read with what should be, and note what is wrong; ``correct`` makes it pending."""
    row = await db.one(
        "select levels, causes, marked, vanished from sync.record_discrepancies(%s, %s)", (run_id, correct)
    )
    assert row is not None
    return Comparison(**row)


async def discrepancies(db: Database, shop: str | None, limit: int) -> list[Row]:
    """What is wrong and not corrected yet, the largest first."""
    return await db.fetch(
        "select * from sync.open_discrepancies where %s::text is null or shop = %s "
        "order by abs(size) desc, shop, sku, location limit %s",
        (shop, shop, limit),
    )
