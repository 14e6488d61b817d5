"""Pushing: stored requests, and the steps of a job."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from runner.db.core import Database, Row
from runner.db.lanes import Round, Turn
from runner.errors import LaneGone

# The columns of sync.step, variables as the exact text.
STEP = (
    "step, keys, settled, request_id, document, idempotency_key::text as idempotency_key, "
    "variables::text as variables, entries, sends, age_seconds, wait_seconds, read"
)


@dataclass(frozen=True)
class Request:
    """A stored request whose answer is not known. ``variables`` is the exact text to send.

    ``entries`` parts of its ``keys``, sent ``sends`` times; ``wait``: its points are taken, and there after so many
    seconds. It might be sent when it was read, ``at`` by time.monotonic().
    """

    id: int
    document: str
    idempotency_key: str
    variables: str
    entries: int
    keys: list[str]
    sends: int = 1
    age_seconds: float = 0.0
    wait: float | None = None
    at: float = field(default_factory=time.monotonic)


@dataclass(frozen=True)
class Prepared:
    """What to do for some keys: send requests in this order, read objects that were never read.

    ``is_held``: nothing, for the kind is held or the shop off by now.
    """

    requests: list[Request]
    unread: list[int]
    unread_keys: list[str]
    is_held: bool = False


@dataclass(frozen=True)
class Claim:
    """A lane taken by a job: its turn, the keys to push now, and what an earlier job left open.

    ``keep``: points of the budget that its kind leaves to others.
    """

    turn: Turn
    keep: int
    keys: list[str]
    open_requests: list[Request]


@dataclass(frozen=True)
class PushRound(Round):
    """A round of a job that pushes: ``prepared`` is what to do for the keys that it goes on with."""

    prepared: Prepared


@dataclass(frozen=True)
class Applied:
    """A request that Shopify has applied: what it answered, and the call's entry in the log."""

    request_id: int
    answer: Any
    call: Mapping[str, Any]


@dataclass(frozen=True)
class Refusal:
    """One entry of a request that Shopify refused; ``index`` counts from 0 within the request."""

    index: int
    error_class: str
    message: str


def prepared(rows: Sequence[Row]) -> Prepared:
    """The steps send, read and held among some rows."""
    unread = [r for r in rows if r["step"] == "read"]
    return Prepared(
        [_request(r) for r in rows if r["step"] == "send"],
        [number for r in unread for number in r["read"]],
        [key for r in unread for key in r["keys"]],
        is_held=any(r["step"] == "held" for r in rows),
    )


def _request(row: Row) -> Request:
    return Request(
        row["request_id"], row["document"], row["idempotency_key"], row["variables"], row["entries"], row["keys"],
        row["sends"], row["age_seconds"], row["wait_seconds"],
    )  # fmt: skip


async def claim_push(db: Database, turn: Turn) -> Claim:
    """Take the lane for a job.

    Raises:
        LaneGone: the shop was removed.
    """
    rows = await db.fetch(
        f"select generation, keep, {STEP} "
        "from (select generation, keep, (step).* from sync.claim_push(%s, %s, %s, %s)) as c",
        (turn.shop_id, turn.kind, turn.lane, turn.job_id),
    )
    if not rows:
        raise LaneGone(f"Lane {turn.lane} of {turn.kind} is gone, with its shop.")
    first, *rest = rows
    return Claim(replace(turn, generation=first["generation"]), first["keep"], first["keys"], prepared(rest).requests)


async def prepare(db: Database, turn: Turn, keys: Sequence[str], size: int | None) -> Prepared:
    """Decide what to send now for these keys and store it, ``size`` entries per request (None: the kind's own).

    Raises:
        LaneTaken: the lane belongs to another job now, or has a request without an answer.
    """
    return prepared(
        await db.fetch(f"select {STEP} from sync.prepare_push(%s::sync.turn, %s, %s)", (str(turn), list(keys), size))
    )


async def advance(
    db: Database, turn: Turn, keys: Sequence[str], then: str, applied: Applied | None, costs: Mapping[str, int]
) -> PushRound:
    """Settle a job's keys, note the last request's answer, take the lane's next keys and prepare their push.

    Args:
        then: go on; linger: keep the lane when nothing waits; end.
        applied: the last request of these keys, if that is not noted yet.
        costs: points to take for the next request, by its document.

    Raises:
        LaneTaken: the lane is no longer of this generation.
    """
    first, *rest = await db.fetch(
        f"select {STEP} from sync.advance_push(%s::sync.turn, %s, %s, %s::json, %s::json)",
        (str(turn), list(keys), then, applied and db.encoding.json(vars(applied)), db.encoding.json(costs)),
    )
    return PushRound(first["settled"], list(first["keys"] or ()), first["step"] == "linger", prepared(rest))


async def close_request(
    db: Database, request_id: int, state: str, answer: Any, refusals: Sequence[Refusal] = ()
) -> bool:
    """Note how a request ended: applied, rejected or abandoned. False if that was known already."""
    listed = [{"index": r.index, "class": r.error_class, "message": r.message} for r in refusals]
    return bool(
        await db.value(
            "select sync.close_request(%s, %s, %s::json, %s::json)",
            (request_id, state, db.encoding.json(answer), db.encoding.json(listed)),
        )
    )


async def open_requests(db: Database, requests: Sequence[int]) -> list[Request]:
    """Of some stored requests those whose answer is not known."""
    rows = await db.fetch(
        "select r.keys, r.id as request_id, r.document, r.idempotency_key::text as idempotency_key, "
        "r.variables::text as variables, r.entries, r.sends, null::float as wait_seconds, "
        "extract(epoch from now() - r.created_at)::float as age_seconds "
        "from sync.requests as r where r.id = any (%s) and r.state = 'open' order by r.id",
        (list(requests),),
    )
    return [_request(row) for row in rows]


async def may_push(db: Database, turn: Turn) -> bool:
    """Whether what a turn pushes may be written to its shop at this moment."""
    return bool(
        await db.value(
            "select sync.may_write(%s) and sync.held_back(%s, %s) is null", (turn.shop_id, turn.shop_id, turn.kind)
        )
    )


async def probe(db: Database, turn: Turn, keys: Sequence[str]) -> Request | None:
    """Store a request that changes nothing, of another key of the lane than some; None if the kind knows none."""
    steps = await db.fetch(f"select {STEP} from sync.probe_push(%s::sync.turn, %s)", (str(turn), list(keys)))
    return next(iter(prepared(steps).requests), None)


async def passes_since(db: Database, request_id: int) -> bool:
    """Whether the shop took a call of the same document that began after this request had failed."""
    return bool(await db.value("select sync.passes_since(%s)", (request_id,)))
