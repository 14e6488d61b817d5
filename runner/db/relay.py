"""Relay and upkeep: the functions that run without a shop."""

from __future__ import annotations

from typing import NamedTuple

from runner.db.core import Database


class Relayed(NamedTuple):
    """What one pass of the relay did: changes logged, jobs packed, the last change's id in the log.

    ``waiting``: the lanes, by their entrypoints, in which something waits for the job that runs.
    ``notified``: whether what is committed from now on ends the caller's sleep with a notification.
    ``unfinished``: whether keys are left that the next pass may look at.
    """

    changes: int
    jobs: int
    last_id: int
    waiting: list[str]
    notified: bool
    unfinished: bool


async def relay_changes(db: Database, *, sleep: int = 0, patience: float | None = None) -> Relayed | None:
    """One pass; ``sleep`` announces for how many seconds the caller will wait. None: another runner is at it.

    After ``patience`` seconds a select of the mapping is broken off, and becomes a fault of its entry.
    """
    # The pass still holds its lock here, so nobody else has taken an id since; those of one pass have no gaps.
    row = await db.one(
        "select relayed, packed, coalesce(pg_sequence_last_value('sync.change_log_id_seq'), 0) as last_id, waiting, "
        "notified, unfinished from sync.relay_changes(%s)",
        (sleep,),
        patience=patience,
    )
    return (
        Relayed(row["relayed"], row["packed"], row["last_id"], row["waiting"], row["notified"], row["unfinished"])
        if row
        else None
    )


async def await_changes(db: Database, seconds: float) -> bool | None:
    """Wait until a committed change is queued; False: none came in time. None, at once: another runner waits."""
    found = await db.value("select sync.await_changes(%s)", (seconds,))
    return None if found is None else bool(found)


async def keep_logs(db: Database) -> dict[str, int]:
    """Retention: make and drop log partitions, prune the logs; returns counts by name."""
    partitions = await db.row("select made, dropped from sync.keep_log_partitions()")
    await db.fetch("select sync.end_silent_bulk()")
    pruned = await db.row("select requests, calls, subjects, runs, jobs from sync.prune_logs()")
    return {**partitions, **pruned}
