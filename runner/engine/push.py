"""Push stock: one job of one lane, from its keys to their acknowledgement."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import structlog

from runner.db import Database
from runner.db import push as db
from runner.db import shops as db_shops
from runner.db.push import Applied, OpenRequest, Plan, Refusal, Round
from runner.engine.pulse import Pulse
from runner.errors import DatabaseError, RequestRefused, ServerFault, ShopHeld, Transient
from runner.inventory.levels import read_levels
from runner.inventory.remedies import remedy_for
from runner.shopify.client import ATTEMPTS, Client
from runner.shopify.documents import document

log = structlog.get_logger()

SIZE = 250
# Levels that are found changed this often while 250 keys are pushed are left to a later job.
LOOKS = 20
# Seconds for which a job without work keeps its lane: changes that come one by one need not a job each.
LINGER = 0.05
# Jobs that a request may outlive while Shopify answers with faults; then it is taken apart to find the culprit.
SENDS = 4
# Requests that may fail by Shopify's own faults, none passing, before a culprit is no longer looked for.
FAULTS = 6
# Shopify keeps idempotency keys for 24 hours; an older request is not repeated.
KEY_LIFETIME = 23 * 3600

SAME_KEY_LATER = {"IDEMPOTENCY_CONCURRENT_REQUEST", "SERVICE_UNAVAILABLE"}
LOOK_AGAIN = {
    "CHANGE_FROM_QUANTITY_STALE",
    "COMPARE_QUANTITY_STALE",
    "IDEMPOTENCY_KEY_PARAMETER_MISMATCH",
    "IDEMPOTENCY_PREVIOUS_ATTEMPT_FAILED",
}


class InProgress(Transient):
    """Shopify still works on an earlier sending of this request."""

    code = "IDEMPOTENCY_CONCURRENT_REQUEST"


@dataclass(frozen=True)
class Work:
    """Keys that are to be planned, ``size`` levels per request; ``suspect``: one of them makes Shopify fail."""

    keys: Sequence[str]
    size: int = SIZE
    suspect: bool = False


class Push:
    """A job of one lane. It goes on while its lane has work, until ``stopping`` is set.

    ``waiting`` beats when there is more; ``attempts``: how often a call is tried until the shop has taken one.
    """

    def __init__(
        self,
        database: Database,
        client: Client,
        shop_id: int,
        lane: int,
        job_id: int,
        stopping: asyncio.Event,
        waiting: Pulse,
        attempts: int = ATTEMPTS,
    ) -> None:
        self._db = database
        self._client = client
        self._shop_id = shop_id
        self._lane = lane
        self._job_id = job_id
        self._stopping = stopping
        self._waiting = waiting
        self._attempts = attempts
        self._looks = 0
        self._faults = 0
        self._taken_apart: int | None = None
        self._in_doubt: set[str] = set()
        self._applied: Applied | None = None
        self._document = document("InventorySetQuantities")

    async def run(self) -> None:
        """Make Shopify hold what it should for the job's keys, and for what becomes pending in its lane meanwhile.

        What an earlier job sent without learning the answer is repeated first. An item that is refused leaves the
        others to go out at once; an answer that names no item has its request halved until the culprit stands alone.

        Raises:
            Transient, ShopRefused: try the job again later; what is open is repeated then.
            LaneTaken: another job works in this lane now.
            ShopHeld: nothing may be written to the shop now.
        """
        claim = await db.claim_lane(self._db, self._shop_id, self._lane, self._job_id)
        log.debug("job.claimed", keys=len(claim.keys), products=claim.keys, open_requests=len(claim.open_requests))
        work: deque[Work] = deque()
        for request in claim.open_requests:
            if request.age_seconds > KEY_LIFETIME:
                await self._give_up(request)
            else:
                work.extend(await self._send(request))
        work.append(Work(claim.keys))
        await self._work_off(work, claim.generation, None)
        keys: Sequence[str] = claim.keys
        while (done := await self._next(claim.generation, keys)).keys:
            keys = done.keys
            await self._work_off(deque([Work(keys)]), claim.generation, done.plan)

    async def _next(self, generation: int, keys: Sequence[str]) -> Round:
        """Settle what is pushed; look what comes next until some is found, or none for a while."""
        until = time.monotonic() + LINGER
        while True:
            beats = self._waiting.beats
            left = until - time.monotonic()
            try:
                done = await db.continue_push(
                    self._db, self._shop_id, self._lane, self._job_id, generation, keys, SIZE,
                    self._client.cost(self._document), go_on=not self._stopping.is_set(), linger=left > 0,
                    applied=self._applied,
                )  # fmt: skip
            except DatabaseError:
                # All of it is undone, but what Shopify did remains known.
                with suppress(DatabaseError):
                    await self._note_applied()
                raise
            self._applied = None
            if keys:
                log.debug("push.settled", keys=done.settled, next_keys=len(done.keys), products=keys)
            if not done.lingers:
                return done
            keys = []
            await self._waiting.after(beats, left)

    async def _work_off(self, work: deque[Work], generation: int, plan: Plan | None) -> None:
        """Plan and send until nothing is left to be planned anew; at last what was in doubt.

        ``plan`` is that of the first work, if it is made already.
        """
        self._looks = 0
        await self._plan_and_send(work, generation, plan)
        if self._in_doubt:
            await self._plan_and_send(deque([Work(sorted(self._in_doubt), 1, suspect=True)]), generation)
            self._in_doubt.clear()

    async def _plan_and_send(self, work: deque[Work], generation: int, plan: Plan | None = None) -> None:
        while work:
            await self._note_applied()
            now = work.popleft()
            keys = now.keys if now.suspect else [key for key in now.keys if key not in self._in_doubt]
            plan = plan or await db.plan_push(
                self._db, self._shop_id, self._lane, generation, self._job_id, keys, now.size
            )
            if plan.is_held:
                raise ShopHeld
            for request in plan.requests:
                # Before all else: what is not taken apart yet would fail again.
                work.extendleft(reversed(await self._send(request, suspect=now.suspect)))
            if plan.unread_items:
                await self._look(plan.unread_items)
                work.append(Work(plan.unread_keys))
            plan = None

    async def _send(self, request: OpenRequest, *, suspect: bool = False) -> list[Work]:
        """Send a stored request; returns what is to be planned anew because of its answer."""
        await self._note_applied()
        key = request.idempotency_key
        log.debug(
            "request.sent", request_id=request.id, idempotency_key=key, entries=request.entries, sends=request.sends
        )
        try:
            answer = await self._client.execute(
                self._document,
                request.variables,
                request_id=request.id,
                attempts=1 if suspect else self._attempts,
                wait=request.wait,
                log_later=True,
            )
        except RequestRefused as error:
            return await self._take_apart(request, "rejected", error.code, error.message)
        except ServerFault as error:
            self._faults += 1
            if (request.sends < SENDS and not suspect) or self._faults > FAULTS:
                # Shopify as a whole, not one item.
                raise
            self._taken_apart = self._taken_apart or request.id
            await self._look(await db.items_of(self._db, request.id), request.id)
            if request.entries == 1 and not await db.passes_since(self._db, self._taken_apart):
                # Nothing has been written since: it need not be the item. It is tried once more after all others.
                await self._record(request, "abandoned", error.code, error.message)
                if self._in_doubt.issuperset(request.keys):
                    raise
                self._in_doubt.update(request.keys)
                return []
            return await self._take_apart(request, "abandoned", error.code, error.message, suspect=True)
        self._faults = 0
        self._attempts = ATTEMPTS
        payload = answer.data["inventorySetQuantities"]
        if payload and not payload["userErrors"]:
            self._applied = Applied(request.id, payload["inventoryAdjustmentGroup"], answer.call.entry())
            log.debug("request.applied", request_id=request.id, idempotency_key=key)
            return []
        await self._client.calls.write(answer.call)
        return await self._rejected(request, payload["userErrors"])

    async def _note_applied(self) -> None:
        """What the last request did is noted with what comes next: here, if that is not the end of its keys."""
        if self._applied:
            applied, self._applied = self._applied, None
            if await db.record_answer(self._db, applied.request_id, "applied", applied.answer):
                await db_shops.record_call(self._db, self._shop_id, applied.call)

    async def _rejected(self, request: OpenRequest, errors: list[dict[str, Any]]) -> list[Work]:
        """Nothing of the request was written. Drop what cannot pass, look again at what has changed."""
        codes = {str(error["code"]) for error in errors}
        log.info("push.rejected", request_id=request.id, codes=sorted(codes))
        if codes & SAME_KEY_LATER:
            raise InProgress(errors[0]["message"])
        changed = [error for error in errors if error["code"] in LOOK_AGAIN]
        refused = {_index(error["field"]): error for error in errors if error["code"] not in LOOK_AGAIN}
        if nameless := refused.get(None):
            return await self._take_apart(request, "rejected", str(nameless["code"]), nameless["message"])
        refusals = [
            Refusal(index, str(e["code"]), e["message"], remedy_for(str(e["code"])))
            for index, e in refused.items()
            if index is not None
        ]
        await db.record_answer(self._db, request.id, "rejected", errors, refusals)
        if changed:
            indexes = [_index(error["field"]) for error in changed]
            await self._look(await db.items_of(self._db, request.id, indexes), request.id)
        return [Work(request.keys)]

    async def _take_apart(
        self, request: OpenRequest, state: str, code: str, message: str, *, suspect: bool = False
    ) -> list[Work]:
        """An error that names no entry: halve the request; one that has a single entry is refused."""
        alone = request.entries == 1
        refusals = [Refusal(0, code, message, remedy_for(code))] if alone else []
        await self._record(request, state, code, message, refusals)
        if alone:
            return [Work(request.keys)]
        half = (request.entries + 1) // 2
        return [Work(some, half, suspect) for some in (request.keys[:half], request.keys[half:]) if some]

    async def _record(
        self, request: OpenRequest, state: str, code: str, message: str, refusals: Sequence[Refusal] = ()
    ) -> None:
        await db.record_answer(self._db, request.id, state, {"code": code, "message": message}, refusals)

    async def _give_up(self, request: OpenRequest) -> None:
        """Its key is no longer kept, so it is not repeated: what Shopify holds now tells what became of it."""
        await self._look(await db.items_of(self._db, request.id), request.id)
        await db.record_answer(self._db, request.id, "abandoned", {"message": "the idempotency key is too old"})

    async def _look(self, items: Sequence[int], request_id: int | None = None) -> None:
        await self._note_applied()
        self._looks += 1
        if self._looks > LOOKS:
            raise Transient("The levels keep changing at Shopify.", code="CHANGE_FROM_QUANTITY_STALE")
        locations = max(1, len(await db_shops.locations(self._db, self._shop_id)))
        gone = await read_levels(self._db, self._client, self._shop_id, items, locations, request_id, self._attempts)
        if gone:
            code = "INVALID_INVENTORY_ITEM"
            await db.refuse_items(
                self._db,
                self._shop_id,
                self._job_id,
                gone,
                code,
                "The inventory item is gone.",
                remedy_for(code),
            )


def _index(field: Any) -> int | None:
    """The number in ``["input", "quantities", "3", "locationId"]``; None if the error names no entry."""
    return next((int(part) for part in field or () if str(part).isdigit()), None)
