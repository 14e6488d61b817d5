"""Longer pieces of work: begun, taken over, advanced, finished."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import NamedTuple

from runner.db.core import Database
from runner.errors import MappingBroken


class Run(NamedTuple):
    """A run of ours until somebody takes it over: how much it has done, and in its own words how far it has got."""

    id: int
    attempt: int = 1
    done: int = 0
    reached: str | None = None

    @property
    def owner(self) -> str:
        """Whose its bulk operations are."""
        return f"run {self.id}"


async def start_run(db: Database, kind: str, shop_id: int | None) -> Run:
    """Begin a run of its own, whatever else is at work."""
    return Run(int(await db.value("select sync.start_run(%s, %s)", (shop_id, kind))))


async def claim_run(db: Database, shop_id: int, kind: str) -> Run:
    """Begin a run that has no other of its kind beside it, or take over the last one where it stopped.

    Raises:
        RunTaken: another process is at it.
    """
    row = await db.row("select run_id, attempt, done, reached from sync.claim_run(%s, %s)", (shop_id, kind))
    return Run(row["run_id"], row["attempt"], row["done"], row["reached"])


async def advance_run(db: Database, run: Run, done: int, total: int, reached: str) -> None:
    """Note how far it is.

    Raises:
        RunTaken: another process has taken it over.
    """
    await db.fetch(
        "select sync.advance_run(%s, %s, %s, %s, %s)", (run.id, run.attempt, done, max(total, done), reached)
    )


async def note_way(db: Database, run: Run, way: str) -> None:
    """Note which way it works, by single calls or by bulk operations, and why."""
    await db.fetch("select sync.note_way(%s, %s)", (run.id, way))


async def finish_run(db: Database, run: Run, result: str | None, error: str | None) -> None:
    """Note what came of it: ``result`` is JSON. A run that another process has taken over stays as it is."""
    await db.fetch("select sync.finish_run(%s, %s, %s::jsonb, %s)", (run.id, run.attempt, result, error))


@asynccontextmanager
async def failures_noted(db: Database, run: Run) -> AsyncIterator[None]:
    """Within it, whatever ends a run early, an interruption too, is noted as the run's error."""
    try:
        yield
    except BaseException as error:
        await finish_run(db, run, None, str(error) or type(error).__name__)
        if isinstance(error, MappingBroken):
            # What it feeds is held from now on, and people are told.
            await db.fetch("select sync.probe_mapping()")
        raise
