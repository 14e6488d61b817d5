"""Push: one job of one lane, from its keys to their acknowledgement, whatever its kind."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

import structlog

from runner.db import push as db
from runner.db import shops as db_shops
from runner.db.lanes import Turn
from runner.db.push import Applied, Prepared, PushRound, Refusal, Request
from runner.engine.lane import Lane
from runner.engine.strategy import Accepted, Later, Nameless, Rejected, Strategy
from runner.errors import DatabaseError, DocumentRefused, RequestRefused, ServerFault, ShopHeld, Superseded, Transient
from runner.shopify.client import ATTEMPTS, Client

log = structlog.get_logger()

# Keys that are found changed this often while a batch is pushed are left to a later job.
LOOKS = 20
# Jobs that a request may outlive while Shopify answers with faults; then it is taken apart to find the culprit.
SENDS = 4
# Requests that may fail by Shopify's own faults, none passing, before something harmless has to pass first.
FAULTS = 6
# Shopify keeps idempotency keys for 24 hours; an older request is not repeated.
KEY_LIFETIME = 23 * 3600


class InProgress(Transient):
    """Shopify still works on an earlier sending of this request."""

    code = "IDEMPOTENCY_CONCURRENT_REQUEST"


@dataclass(frozen=True)
class Work:
    """Keys to prepare, ``size`` entries per request, None: a whole batch; ``suspect``: one makes Shopify fail."""

    keys: Sequence[str]
    size: int | None = None
    suspect: bool = False


class Push:
    """A job that pushes. It goes on while its lane has work, until the runner stops."""

    def __init__(self, lane: Lane, client: Client, strategy: Strategy) -> None:
        self._lane = lane
        self._db = lane.db
        self._client = client
        self._strategy = strategy
        self._turn: Turn = lane.turn
        self._attempts = lane.attempts
        self._looks = 0
        self._faults = 0
        self._passes = False
        self._taken_apart: int | None = None
        self._in_doubt: set[str] = set()
        self._applied: Applied | None = None
        self._keep = 0

    async def run(self) -> None:
        """Make Shopify hold what it should for the job's keys, and for what becomes pending in its lane meanwhile.

        What an earlier job sent without learning the answer is repeated first. An entry that is refused leaves the
        others to go out at once; an answer that names no entry has its request halved until the culprit stands alone.

        Raises:
            Transient, ShopRefused: try the job again later; what is open is repeated then.
            DocumentRefused, RequestRefused: no item is to blame; try again later.
            LaneTaken: another job works in this lane now.
            ShopHeld: nothing may be written to the shop now.
        """
        claim = await db.claim_push(self._db, self._turn)
        self._turn = claim.turn
        self._keep = claim.keep
        log.debug("job.claimed", count=len(claim.keys), keys=claim.keys, open_requests=len(claim.open_requests))
        work = deque([*await self._repeat(claim.open_requests), Work(claim.keys)])
        await self._work_off(work, None)
        keys: Sequence[str] = claim.keys
        while (done := await self._next(keys)).keys:
            keys = done.keys
            await self._work_off(deque([Work(keys)]), done.prepared)

    async def _repeat(self, requests: Sequence[Request]) -> list[Work]:
        """Learn what became of requests that an earlier job has left open."""
        work: list[Work] = []
        for request in requests:
            if request.age_seconds > KEY_LIFETIME:
                await self._give_up(request)
            else:
                work += await self._send(request)
        return work

    async def _next(self, keys: Sequence[str]) -> PushRound:
        """Settle what is pushed, and see what comes next."""
        left = keys

        async def ask(then: str) -> PushRound:
            nonlocal left
            try:
                done = await db.advance(self._db, self._turn, left, then, self._applied, self._costs())
            except (DatabaseError, Superseded):
                # All of it is undone, but what Shopify did remains known.
                with suppress(DatabaseError):
                    await self._note_applied()
                raise
            self._applied = None
            if left:
                log.debug("push.settled", settled=done.settled, taken=len(done.keys), keys=left)
            left = []
            return done

        return await self._lane.follow(ask)

    def _costs(self) -> dict[str, int]:
        """Points to take in advance for the next request."""
        documents = self._strategy.documents.items()
        return {name: self._client.cost(document) for name, document in documents if document.costs_the_same}

    async def _work_off(self, work: deque[Work], prepared: Prepared | None) -> None:
        """Prepare and send until nothing is left to be prepared anew; at last what was in doubt.

        ``prepared`` is that of the first work, if it is made already.
        """
        self._looks = 0
        self._passes = False
        await self._prepare_and_send(work, prepared)
        if self._in_doubt:
            await self._prepare_and_send(deque([Work(sorted(self._in_doubt), 1, suspect=True)]))
            self._in_doubt.clear()

    async def _prepare_and_send(self, work: deque[Work], prepared: Prepared | None = None) -> None:
        while work:
            await self._note_applied()
            now = work.popleft()
            keys = now.keys if now.suspect else [key for key in now.keys if key not in self._in_doubt]
            prepared = prepared or await db.prepare(self._db, self._turn, keys, now.size)
            if prepared.is_held:
                raise ShopHeld
            # Before all else: what is not taken apart yet would fail again.
            work.extendleft(reversed(await self._send_all(prepared.requests, suspect=now.suspect)))
            if prepared.unread:
                await self._look(prepared.unread)
                work.append(Work(prepared.unread_keys))
            prepared = None

    async def _send_all(self, requests: Sequence[Request], *, suspect: bool = False) -> list[Work]:
        """Send stored requests in their order; returns what is to be prepared anew because of their answers."""
        again: list[Work] = []
        for request in requests:
            again[:0] = await self._send(request, suspect=suspect)
        return again

    async def _send(self, request: Request, *, suspect: bool = False) -> list[Work]:
        """Send a stored request; returns what is to be prepared anew because of its answer."""
        await self._note_applied()
        log.debug(
            "request.sent",
            request_id=request.id,
            idempotency_key=request.idempotency_key,
            entries=request.entries,
            sends=request.sends,
        )
        document = self._strategy.documents[request.document]
        try:
            answer = await self._client.execute(
                document,
                request.variables,
                points=self._strategy.points(document, request.variables),
                request_id=request.id,
                entries=request.entries,
                attempts=1 if suspect and request.entries > 1 else self._attempts,
                keep=self._keep,
                wait=request.wait,
                asked=request.at,
                log_later=True,
            )
            data = await self._strategy.answer(self._client, answer.data)
        except DocumentRefused as error:
            await self._record(request, "rejected", error.code, error.message)
            raise
        except RequestRefused as error:
            return await self._blame(request, error)
        except ServerFault as error:
            return await self._suspect(request, error, suspect=suspect)
        self._faults = 0
        self._attempts = ATTEMPTS
        verdict = self._strategy.verdict(data)
        if isinstance(verdict, Accepted):
            self._passes = True
            self._applied = Applied(request.id, verdict.answer, answer.call.entry())
            log.debug("request.applied", request_id=request.id, idempotency_key=request.idempotency_key)
            return []
        await self._client.calls.write(answer.call)
        if isinstance(verdict, Later):
            raise InProgress(verdict.message, code=verdict.code)
        return await self._follow(request, verdict)

    async def _follow(self, request: Request, verdict: Nameless | Rejected) -> list[Work]:
        """A request was not accepted; returns what is to be prepared anew."""
        if isinstance(verdict, Nameless):
            log.info("push.rejected", request_id=request.id, codes=[verdict.code])
            nameless = RequestRefused(verdict.message, code=verdict.code)
            nameless.document = request.document
            return await self._blame(request, nameless)
        # Nothing of the request was written. Drop what cannot pass, look again at what has changed.
        log.info("push.rejected", request_id=request.id, codes=sorted({r.error_class for r in verdict.refusals}))
        await db.close_request(self._db, request.id, "rejected", verdict.answer, verdict.refusals)
        if verdict.changed:
            named = [entry for entry in verdict.changed if entry is not None]
            await self._look_at(request, named if len(named) == len(verdict.changed) else None)
        return [Work(request.keys)]

    async def _blame(self, request: Request, error: RequestRefused) -> list[Work]:
        """An error that names no entry. One that stands alone is to blame if the shop takes others: else it is ours."""
        if request.entries == 1 and not self._passes and not await self._takes_writes(request.keys):
            await self._record(request, "rejected", error.code, error.message)
            raise error
        return await self._take_apart(request, "rejected", error.code, error.message)

    async def _suspect(self, request: Request, error: ServerFault, *, suspect: bool) -> list[Work]:
        """Shopify failed by its own fault: as a whole, or because of one entry, which is looked for."""
        self._faults += 1
        if request.sends < SENDS and not suspect and not self._in_doubt:
            raise error
        if self._faults > FAULTS and not await self._takes_writes(request.keys):
            raise error
        self._taken_apart = self._taken_apart or request.id
        await self._look_at(request)
        if request.entries == 1 and not await db.passes_since(self._db, self._taken_apart):
            # Nothing has been written since: it need not be the entry. It is tried once more after all others; if
            # nothing else was to be written, something harmless is, and only if that passes is it tried again.
            await self._record(request, "abandoned", error.code, error.message)
            if not self._in_doubt.issuperset(request.keys):
                self._in_doubt.update(request.keys)
                return []
            if not await self._takes_writes(request.keys):
                raise error
            return [Work(request.keys, 1, suspect=True)]
        return await self._take_apart(request, "abandoned", error.code, error.message, suspect=True)

    async def _takes_writes(self, keys: Sequence[str]) -> bool:
        """Whether the shop takes a request that changes nothing, of another key than these."""
        request = await db.probe(self._db, self._turn, keys)
        if request is None:
            return False
        try:
            answer = await self._client.execute(
                self._strategy.documents[request.document], request.variables, request_id=request.id, attempts=1
            )
        except (ServerFault, RequestRefused) as error:
            state = "abandoned" if isinstance(error, ServerFault) else "rejected"
            await self._record(request, state, error.code, error.message)
            return False
        accepted = isinstance(self._strategy.verdict(answer.data), Accepted)
        await db.close_request(self._db, request.id, "applied" if accepted else "rejected", answer.data)
        if accepted:
            self._faults = 0
        else:
            await self._look_at(request)
        return accepted

    async def _note_applied(self) -> None:
        """What the last request did is noted with what comes next: here, if that is not the end of its keys."""
        if self._applied:
            applied, self._applied = self._applied, None
            if await db.close_request(self._db, applied.request_id, "applied", applied.answer):
                await db_shops.record_call(self._db, self._turn.shop_id, applied.call)

    async def _take_apart(
        self, request: Request, state: str, code: str, message: str, *, suspect: bool = False
    ) -> list[Work]:
        """An error that names no entry: halve the request; one that has a single entry is refused."""
        alone = request.entries == 1
        await self._record(request, state, code, message, [Refusal(0, code, message)] if alone else [])
        if alone:
            return [Work(request.keys)]
        half = (request.entries + 1) // 2
        return [Work(some, half, suspect) for some in (request.keys[:half], request.keys[half:]) if some]

    async def _record(
        self, request: Request, state: str, code: str, message: str, refusals: Sequence[Refusal] = ()
    ) -> None:
        await db.close_request(self._db, request.id, state, {"code": code, "message": message}, refusals)

    async def _give_up(self, request: Request) -> None:
        """Its key is no longer kept, so it is not repeated: what Shopify holds now tells what became of it."""
        await self._look_at(request)
        await db.close_request(self._db, request.id, "abandoned", {"message": "the idempotency key is too old"})

    async def _look_at(self, request: Request, entries: Sequence[int] | None = None) -> None:
        """Read anew what some entries of a request, or all, are at Shopify."""
        await self._look(await self._strategy.objects_of(request.id, entries), request.id)

    async def _look(self, objects: Sequence[int], request_id: int | None = None) -> None:
        """As `Strategy.look`, not for ever."""
        await self._note_applied()
        self._looks += 1
        if self._looks > LOOKS:
            raise Transient("What is pushed keeps changing at Shopify.", code="KEEPS_CHANGING")
        await self._strategy.look(self._client, self._turn, objects, self._attempts, request_id)
