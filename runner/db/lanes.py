"""Lanes: the turn of a job in one, its keys, and whether it may call its shop."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from runner.db.core import Database
from runner.errors import LaneGone


@dataclass(frozen=True)
class Turn:
    """A job's turn in its lane; its text is that of `sync.turn`."""

    shop_id: int
    kind: str
    lane: int
    job_id: int
    generation: int = 0

    def __str__(self) -> str:
        return f"({self.shop_id},{self.kind},{self.lane},{self.job_id},{self.generation})"


@dataclass(frozen=True)
class Round:
    """How many keys a job settled, and those it goes on with.

    Without keys the job ends, unless it ``lingers``: then it is to look again soon.
    """

    settled: int
    keys: list[str]
    lingers: bool


async def open_lane(db: Database, turn: Turn) -> tuple[Turn, list[str]]:
    """Take the lane for a job; returns its turn and its keys.

    Raises:
        LaneGone: the shop was removed.
    """
    row = await db.one(
        "select (turn).generation as generation, keys from sync.open_lane(%s, %s, %s, %s)",
        (turn.shop_id, turn.kind, turn.lane, turn.job_id),
    )
    if row is None:
        raise LaneGone(f"Lane {turn.lane} of {turn.kind} is gone, with its shop.")
    return replace(turn, generation=row["generation"]), row["keys"]


async def advance_lane(db: Database, turn: Turn, keys: Sequence[str], then: str) -> Round:
    """Settle keys of a job that sends nothing, and take the next: ``then`` go on, linger or end.

    Raises:
        LaneTaken: the lane is no longer of this generation.
    """
    row = await db.row(
        "select step, keys, settled from sync.advance_lane(%s::sync.turn, %s, %s)", (str(turn), list(keys), then)
    )
    return Round(row["settled"], list(row["keys"] or ()), lingers=row["step"] == "linger")


async def bulk_lane(db: Database, kind: str) -> int:
    """The number of the lane in which bulk operations push: the one behind those of the keys."""
    return int(await db.value("select sync.bulk_lane(%s)", (kind,)))


async def entrypoints(db: Database, kinds: Sequence[str]) -> list[str]:
    """PgQueuer's names for every lane of some kinds."""
    rows = await db.fetch("select entrypoint from sync.lanes where kind = any (%s) order by 1", (list(kinds),))
    return [r["entrypoint"] for r in rows]


async def enter_circuit(db: Database, turn: Turn) -> str:
    """Whether a job may call its shop: ``closed``, ``probe``, or ``held``: it is to end."""
    return str(await db.value("select sync.enter_circuit(%s, %s, %s)", (turn.shop_id, turn.kind, turn.job_id)))


async def note_failure(
    db: Database, turn: Turn, error_class: str, message: str, *, refused: bool, document: str | None = None
) -> str:
    """A job failed for a reason that may hold for the whole shop, or, by ``document``, for its kind there.

    Returns the state of the circuit of either.
    """
    kind = turn.kind if document is not None else ""
    return str(
        await db.value(
            "select sync.note_failure(%s, %s, %s, %s, %s, %s, %s)",
            (turn.shop_id, turn.job_id, error_class, message, refused, kind, document),
        )
    )


async def refuse_job(db: Database, turn: Turn, error_class: str, message: str) -> int:
    """Refuse whatever keys a job holds; returns how many."""
    return int(
        await db.value(
            "select sync.refuse_job(%s, %s, %s, %s, %s, %s)",
            (turn.shop_id, turn.kind, turn.lane, turn.job_id, error_class, message),
        )
    )
