"""Pushing stock: lanes, plans, answers."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from runner.db.core import Database, Row
from runner.errors import LaneTaken

# Cheaper than reading 250 levels as JSON for one line of the log.
_KEY = re.compile(r'"key"\s*:\s*"([^"]+)"\s*}\s*$')


@dataclass(frozen=True)
class OpenRequest:
    """A stored request whose answer is not known. ``variables`` is the exact text to send.

    ``wait``: its points are taken, and there after so many seconds.
    """

    id: int
    variables: str
    entries: int
    keys: list[str]
    sends: int = 1
    age_seconds: float = 0.0
    wait: float | None = None

    @property
    def idempotency_key(self) -> str:
        """The key under which Shopify applies it once, however often it is sent."""
        found = _KEY.search(self.variables)
        return found[1] if found else ""


@dataclass(frozen=True)
class Claim:
    """A lane taken by a job: the keys to push now, and what an earlier job left open."""

    generation: int
    keys: list[str]
    open_requests: list[OpenRequest]


@dataclass(frozen=True)
class Plan:
    """What to do for some keys: send requests in this order, read items that were never read.

    ``is_held``: nothing, for the shop is held or off by now.
    """

    requests: list[OpenRequest]
    unread_items: list[int]
    unread_keys: list[str]
    is_held: bool = False


@dataclass(frozen=True)
class Round:
    """How many keys a job settled, and those it goes on with, with their plan.

    Without keys the job ends, unless it ``lingers``: then it is to look again soon.
    """

    settled: int
    keys: list[str]
    plan: Plan
    lingers: bool


@dataclass(frozen=True)
class Applied:
    """A request that Shopify has applied: what it answered, and the call's entry in the log."""

    request_id: int
    answer: Any
    call: Mapping[str, Any]


@dataclass(frozen=True)
class Refusal:
    """One level of a request that Shopify refused; ``index`` counts from 0 within the request."""

    index: int
    error_class: str
    message: str
    remedy: str


async def claim_lane(db: Database, shop_id: int, lane: int, job_id: int) -> Claim:
    """Take the lane for a job.

    Raises:
        LaneTaken: the shop was removed.
    """
    rows = await db.fetch(
        "select generation, job_keys, request_id, variables::text as variables, entries, keys, sends, age_seconds "
        "from sync.claim_lane(%s, %s, %s)",
        (shop_id, lane, job_id),
    )
    if not rows:
        raise LaneTaken(f"Lane {lane} is gone, with its shop.")
    return Claim(
        rows[0]["generation"],
        rows[0]["job_keys"],
        [
            OpenRequest(r["request_id"], r["variables"], r["entries"], r["keys"], r["sends"], r["age_seconds"])
            for r in rows
            if r["request_id"] is not None
        ],
    )


async def plan_push(
    db: Database, shop_id: int, lane: int, generation: int, job_id: int, keys: Sequence[str], size: int
) -> Plan:
    """Decide what to send now for these keys and store it, ``size`` levels per request.

    Raises:
        LaneTaken: the lane belongs to another job now, or has a request without an answer.
    """
    rows = await db.fetch(
        "select request_id, variables::text as variables, entries, keys, read_items "
        "from sync.plan_push(%s, %s, %s, %s, %s, %s)",
        (shop_id, lane, generation, job_id, list(keys), size),
    )
    return _plan(rows)


def _plan(rows: Sequence[Row]) -> Plan:
    unread = [r for r in rows if r["read_items"] is not None]
    return Plan(
        [
            OpenRequest(r["request_id"], r["variables"], r["entries"], r["keys"], wait=r.get("wait_seconds"))
            for r in rows
            if r["request_id"] is not None
        ],
        [item for r in unread for item in r["read_items"]],
        [key for r in unread for key in r["keys"]],
        # Without a plan there is a row of nulls.
        is_held=any(r["keys"] is not None and r["request_id"] is None and r["read_items"] is None for r in rows),
    )


async def record_answer(
    db: Database, request_id: int, state: str, answer: Any, refusals: Sequence[Refusal] = ()
) -> bool:
    """Note how a request ended: applied, rejected or abandoned. False if that was known already."""
    listed = [{"index": r.index, "class": r.error_class, "message": r.message, "remedy": r.remedy} for r in refusals]
    return bool(
        await db.value(
            "select sync.record_answer(%s, %s, %s::json, %s::json)",
            (request_id, state, json.dumps(answer), json.dumps(listed)),
        )
    )


async def settle_push(
    db: Database, shop_id: int, job_id: int, keys: Sequence[str], generation: int | None = None
) -> int:
    """A job is done; returns how many of its keys are settled.

    Raises:
        LaneTaken: the lane is no longer of this generation.
    """
    return int(await db.value("select sync.settle_push(%s, %s, %s, %s)", (shop_id, job_id, list(keys), generation)))


async def continue_push(
    db: Database,
    shop_id: int,
    lane: int,
    job_id: int,
    generation: int,
    keys: Sequence[str],
    size: int,
    cost: int,
    *,
    go_on: bool,
    linger: bool,
    applied: Applied | None,
) -> Round:
    """Settle a job's keys, and plan the push of those that it goes on with.

    ``size`` levels per request, ``cost`` points each.

    Args:
        go_on: whether the job may take further keys.
        linger: whether it keeps the lane when there are none.
        applied: the last request of these keys, if that is not noted yet.

    Raises:
        LaneTaken: the lane is no longer of this generation.
    """
    rows = await db.fetch(
        "select settled, next_keys, request_id, variables::text as variables, entries, keys, read_items, wait_seconds "
        "from sync.continue_push(%s, %s, %s, %s, %s, %s, %s, %s, %s::json, %s::json, %s, %s)",
        (
            shop_id, lane, job_id, generation, list(keys), go_on, linger, applied and applied.request_id,
            applied and json.dumps(applied.answer), applied and json.dumps(applied.call), size, cost,
        ),
    )  # fmt: skip
    keys = rows[0]["next_keys"]
    return Round(rows[0]["settled"], list(keys or ()), _plan(rows), lingers=keys is None)


async def give_back(db: Database, shop_id: int, job_id: int) -> None:
    """A job ends without having pushed its keys."""
    await db.fetch("select sync.give_back(%s, %s)", (shop_id, job_id))


async def enter_circuit(db: Database, shop_id: int, job_id: int) -> str:
    """Whether a job may call its shop: ``closed``, ``probe``, or ``held``: its keys are given back, it is to end."""
    return str(await db.value("select sync.enter_circuit(%s, %s)", (shop_id, job_id)))


async def note_failure(db: Database, shop_id: int, job_id: int, error_class: str, message: str, refused: bool) -> str:
    """A job failed for a reason that may hold for the whole shop; returns the state of the shop's circuit."""
    return str(
        await db.value("select sync.note_failure(%s, %s, %s, %s, %s)", (shop_id, job_id, error_class, message, refused))
    )


async def passes_since(db: Database, request_id: int) -> bool:
    """Whether the shop took a writing call that began after this request had failed."""
    return bool(
        await db.value(
            "select exists (select from sync.calls as c where c.shop_id = f.shop_id and c.request_id is not null "
            "and c.error_class is null and c.at > f.at and c.at - c.milliseconds * interval '1 ms' > f.at) "
            "from sync.calls as f where f.request_id = %s and f.error_class is not null order by f.at limit 1",
            (request_id,),
        )
    )


async def refuse_items(
    db: Database, shop_id: int, job_id: int, items: Sequence[int], error_class: str, message: str, remedy: str
) -> None:
    """Refuse the products of some inventory items at every location."""
    await db.fetch(
        "select sync.refuse(k.shop_id, k.product_key, m.location_id, %s, %s, %s, %s, null) from sync.links as k "
        "cross join (select distinct location_id from sync.shop_locations "
        "where shop_id = %s and location_id is not null) as m "
        "where k.shop_id = %s and k.inventory_item_id = any (%s)",
        (error_class, message, remedy, job_id, shop_id, shop_id, list(items)),
    )


async def refuse_keys(
    db: Database, shop_id: int, job_id: int, keys: Sequence[str], error_class: str, message: str, remedy: str
) -> None:
    """Refuse whole products."""
    await db.fetch(
        "select sync.refuse(%s, k, null, %s, %s, %s, %s, null) from unnest(%s::text[]) as k",
        (shop_id, error_class, message, remedy, job_id, list(keys)),
    )


async def keys_of(db: Database, job_id: int) -> list[str]:
    """The keys that a job holds."""
    return [r["key"] for r in await db.fetch("select key from sync.pending where job_id = %s order by key", (job_id,))]


async def items_of(db: Database, request_id: int, indexes: Sequence[int | None] = (None,)) -> list[int]:
    """Inventory items of a request: those at some indexes, or all when an index is not known."""
    wanted = None if None in indexes else list(indexes)
    rows = await db.fetch(
        "select distinct e.inventory_item_id as id from sync.requests as r "
        "cross join sync.request_entries(r.variables) as e "
        "where r.id = %s and (%s::integer[] is null or e.index = any (%s))",
        (request_id, wanted, wanted),
    )
    return [r["id"] for r in rows]
