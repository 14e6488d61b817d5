"""Longer pieces of work: asked for, begun, taken over, advanced, finished."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from types import MappingProxyType
from typing import Any, NamedTuple

from runner.db.core import Database, Row
from runner.errors import MappingBroken, RunCancelled, RunTaken

NOTHING: Mapping[str, Any] = MappingProxyType({})


class Run(NamedTuple):
    """A run of ours until somebody takes it over: how much it has done, and in its own words how far it has got; what
    it was asked for."""

    id: int
    attempt: int = 1
    done: int = 0
    reached: str | None = None
    kind: str = ""
    shop_id: int | None = None
    args: Mapping[str, Any] = NOTHING

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


async def queue_run(
    db: Database, shop_id: int, kind: str, args: Mapping[str, Any], requested_by: str, priority: int = 20
) -> int:
    """Ask for a run; returns its id, or that of one that waits for the same already."""
    encoded = db.encoding.json(dict(args))
    return int(
        await db.value(
            "select sync.queue_run(%s, %s, %s::jsonb, %s, %s)", (shop_id, kind, encoded, requested_by, priority)
        )
    )


async def queue_scheduled(db: Database, name: str, shop_id: int | None, span: timedelta) -> int:
    """Ask for the runs of a schedule, spread over some time; returns how many."""
    return int(await db.value("select sync.queue_scheduled(%s, %s, %s)", (name, shop_id, span)))


async def take_run(db: Database, kinds: Sequence[str], run_id: int | None = None) -> Run | None:
    """Begin the next run of the queue of some kinds, or one by its id; None if there is none to be begun now."""
    row = await db.one(
        "select id, attempt, done, reached, kind, shop_id, args from sync.take_run(%s, %s)", (list(kinds), run_id)
    )
    return Run(**row) if row else None


async def beat_runs(
    db: Database, beats: Sequence[tuple[Run, int | None, int | None]]
) -> dict[int, RunTaken | RunCancelled]:
    """Give a sign of life for some runs, each with how many are done and how many there are, if that is known.

    Returns:
        what is to end those that are lost to another process, or that somebody wants to end, by id.
    """
    runs, done, totals = zip(*beats, strict=True)
    rows = await db.fetch(
        "select run_id, is_lost from sync.beat_runs(%s, %s, %s::integer[], %s::integer[])",
        ([run.id for run in runs], [run.attempt for run in runs], list(done), list(totals)),
    )
    return {
        r["run_id"]: RunTaken(f"Another process has taken over run {r['run_id']}.")
        if r["is_lost"]
        else RunCancelled(f"Run {r['run_id']} is to be cancelled.")
        for r in rows
    }


async def is_open(db: Database, shop_id: int, kind: str) -> bool:
    """Whether such a run waits or is at work, or has failed within the last minute."""
    return bool(
        await db.value(
            "select exists (select from sync.runs where shop_id = %s and kind = %s and (state in ('queued', 'running') "
            "or (state = 'failed' and finished_at > now() - interval '1 minute')))",
            (shop_id, kind),
        )
    )


async def probe_mapping(db: Database) -> None:
    """Look which entries of the mapping cannot be read: what they feed is held, and people are told."""
    await db.fetch("select sync.probe_mapping()")


async def begin_reading(db: Database, run: Run) -> None:
    """What was relayed until now is older than all that it reads, unless it has read already."""
    await db.fetch("select sync.begin_reading(%s)", (run.id,))


async def conclude_run(db: Database, run: Run, result: str | None) -> None:
    """It has made pending what differs: it has succeeded, or follows its keys. ``result`` is JSON."""
    await db.fetch("select sync.conclude_run(%s, %s, %s::jsonb)", (run.id, run.attempt, result))


async def follow_runs(db: Database) -> int:
    """Count how far the runs are that follow their keys, and end those that are through; returns how many are not."""
    return int(await db.value("select sync.follow_runs()"))


async def give_back_run(db: Database, run: Run, error: str | None, delay: timedelta) -> None:
    """Let it wait again, to be gone on with not before some time has passed."""
    await db.fetch("select sync.give_back_run(%s, %s, %s, %s)", (run.id, run.attempt, error, delay))


async def cancel_run(db: Database, run_id: int) -> str | None:
    """End a run, or tell it to end; returns its state, None if there is no such run or it has ended."""
    state: str | None = await db.value("select sync.cancel_run(%s)", (run_id,))
    return state


async def resume_run(db: Database, run_id: int, requested_by: str) -> int | None:
    """Queue a run again that has failed or was cancelled; returns the id of what is queued, None if it is none."""
    queued: int | None = await db.value("select sync.resume_run(%s, %s)", (run_id, requested_by))
    return queued


async def run_status(db: Database, run_id: int) -> Row | None:
    """One run: a row of `sync.run_status`."""
    return await db.one("select * from sync.run_status where id = %s", (run_id,))


async def run_failures(db: Database, run_id: int, limit: int) -> list[Row]:
    """What has failed of a run: ``kind, sku, key, part, class, message``."""
    return await db.fetch(
        "select f.kind, k.sku, f.key, f.part, f.class, f.message from sync.run_failures as f "
        "join sync.runs as r on r.id = f.run_id "
        "left join sync.links as k on k.shop_id = r.shop_id and k.product_key = f.key "
        "where f.run_id = %s order by f.kind, f.key, f.part limit %s",
        (run_id, limit),
    )


async def advance_run(db: Database, run: Run, done: int, total: int, reached: str) -> None:
    """Note how far it is.

    Raises:
        RunTaken: another process has taken it over.
        RunCancelled: somebody wants it to end.
    """
    await db.fetch(
        "select sync.advance_run(%s, %s, %s, %s, %s)", (run.id, run.attempt, done, max(total, done), reached)
    )


async def note_way(db: Database, run: Run, way: str) -> None:
    """Note which way it works, by single calls or by bulk operations, and why."""
    await db.fetch("select sync.note_way(%s, %s)", (run.id, way))


async def note_failure(db: Database, run: Run, kind: str, key: str, code: str, message: str) -> None:
    """A key of it has failed for good."""
    await db.fetch("select sync.note_run_failure(%s, %s, %s, %s, %s)", (run.id, kind, key, code, message))


async def corrects(db: Database, shop_id: int, kind: str, run: Run) -> str:
    """What a pass does about what a shop holds wrongly of a kind: fix, or for a schedule (``auto`` in its arguments)
    off, flag or fix as the shop has it."""
    if not run.args.get("auto"):
        return "fix"
    return str(await db.value("select sync.corrects(%s, %s)", (shop_id, kind)))


async def set_correction(db: Database, shop_id: int, kind: str, mode: str) -> None:
    """Say what they do about it."""
    await db.fetch("select sync.set_correction(%s, %s, %s)", (shop_id, kind, mode))


async def finish_run(db: Database, run: Run, result: str | None, error: str | None = None) -> None:
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
            await probe_mapping(db)
        raise
