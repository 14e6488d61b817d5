"""Longer pieces of work: begun, taken over, advanced, finished."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import NamedTuple

from runner.db.core import Database


class Run(NamedTuple):
    """A run of ours until somebody takes it over: how many variants it has read, and the number of the last one."""

    id: int
    attempt: int = 1
    done: int = 0
    reached: int | None = None


async def start_run(db: Database, kind: str, shop_id: int | None) -> Run:
    """Begin a run of its own, whatever else is at work."""
    return Run(
        int(await db.value("insert into sync.runs (kind, shop_id) values (%s, %s) returning id", (kind, shop_id)))
    )


async def claim_run(db: Database, shop_id: int, kind: str) -> Run:
    """Begin a run, or take over the last one where it stopped.

    Raises:
        RunTaken: another process is at it.
    """
    row = await db.row("select run_id, attempt, done, reached from sync.claim_run(%s, %s)", (shop_id, kind))
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


async def finish_run(db: Database, run: Run, result: str | None, error: str | None) -> None:
    """Note what came of it: ``result`` is JSON. A run that another process has taken over stays as it is."""
    await db.fetch(
        "update sync.runs set state = case when %s::text is null then 'succeeded' else 'failed' end, "
        "result = %s::jsonb, error = %s, finished_at = now() where id = %s and attempt = %s and state = 'running'",
        (error, result, error, run.id, run.attempt),
    )


@asynccontextmanager
async def failures_noted(db: Database, run: Run) -> AsyncIterator[None]:
    """Within it, whatever ends a run early, an interruption too, is noted as the run's error."""
    try:
        yield
    except BaseException as error:
        await finish_run(db, run, None, str(error) or type(error).__name__)
        raise
