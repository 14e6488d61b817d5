"""Push by bulk operations: what a full pass or a stroke of very many keys changes, in a lane of its own."""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from io import BytesIO
from tempfile import TemporaryFile
from typing import IO

import structlog

from runner.bulk.operation import find
from runner.bulk.writing import LARGEST, Outcome, outcomes, stop, write_all
from runner.db import bulk as db_bulk
from runner.db import push as db
from runner.db import runs as db_runs
from runner.db.bulk import Operation
from runner.db.push import Prepared, Request
from runner.db.runs import Run
from runner.engine.push import Push, Work
from runner.engine.strategy import Accepted, Later
from runner.errors import RequestRefused, ShopHeld, Superseded, Transient
from runner.shopify.budget import Stopping
from runner.shopify.documents import Document

log = structlog.get_logger()

# Keys that are prepared at a time, and requests of a document from which a bulk operation is used.
SLICE, FEW = 100, 50
# How often what has to be read first is read, before what is ready is sent.
READS = 3
# What a mutation costs at least.
POINTS = 10


class BulkPush(Push):
    """A job of the lane of bulk operations. What it does is a run, with its progress and why it goes this way."""

    _run: Run | None = None
    _done = 0
    _total = 0

    async def run(self) -> None:
        """As `Push.run`; it is asked each second whether the shop may still be written to."""
        error: BaseException | None = None
        try:
            await super().run()
        except BaseException as caught:
            error = caught
            raise
        finally:
            if self._run:
                # Who was stopped, or held, has not failed.
                is_failure = error and not isinstance(error, Stopping | Superseded | asyncio.CancelledError)
                result = json.dumps({"sent": self._total, "answered": self._done})
                problem = (str(error) or type(error).__name__) if is_failure else None
                await db_runs.finish_run(self._db, self._run, result, problem)

    async def _repeat(self, requests: Sequence[Request]) -> list[Work]:
        """What an operation has done that an earlier job began is learned from it; the rest is sent once more."""
        work: list[Work] = []
        known = {request.id: request for request in requests}
        for operation in await db_bulk.unended(self._db, self._turn.shop_id, self._owner):
            carried = [known.get(number) for number in operation.requests or ()]
            started = operation if operation.number is not None else await find(self._db, self._client, operation)
            if started is None:
                await db_bulk.end(self._db, operation, "Its job ended before it was started.")
            else:
                work += await self._operate(started, carried, BytesIO())
        return work + await super()._repeat(await db.open_requests(self._db, list(known)))

    async def _prepare_and_send(self, work: deque[Work], prepared: Prepared | None = None) -> None:
        """Prepare slice by slice, read what has to be read first, and send what is ready, many at once."""
        del prepared  # A round prepares nothing of this lane: see advance_push().
        while work:
            now = work.popleft()
            if now.suspect or len(now.keys) < FEW:
                await super()._prepare_and_send(deque([now]))
                continue
            with ExitStack() as files:
                spool = Spool(self._strategy.bulk, files)
                await self._prepare_slices(now, spool)
                # First what the others may need, such as the definition of a metafield.
                work.extend(await self._send_all(spool.singles))
                for part in spool.parts:
                    work.extend(await self._send_part(part))

    async def _prepare_slices(self, now: Work, spool: Spool) -> None:
        keys = list(now.keys)
        for _ in range(READS):
            unread: list[int] = []
            unread_keys: list[str] = []
            for start in range(0, len(keys), SLICE):
                await self._alive()
                await self._note_applied()
                some = await db.prepare(self._db, self._turn, keys[start : start + SLICE], now.size)
                if some.is_held:
                    raise ShopHeld
                for request in some.requests:
                    self._spool(request, spool)
                unread += some.unread
                unread_keys += some.unread_keys
            if not unread:
                return
            await self._look(unread)
            keys = unread_keys
        raise Transient("What is pushed keeps changing at Shopify.", code="KEEPS_CHANGING")

    def _spool(self, request: Request, spool: Spool) -> None:
        given = json.loads(request.variables)
        if request.document in self._strategy.bulk and self._strategy.is_bulk(request.document, given):
            spool.add(request, given)
        else:
            spool.singles.append(request)

    async def _send_part(self, part: Part) -> list[Work]:
        """Send the requests of a document; few of them, or what no answer is known of, one by one."""
        work: list[Work] = []
        numbers = [request.id for request in part.requests]
        if len(numbers) >= FEW:
            await self._begin_run(len(numbers), part.name)
            operation = await db_bulk.open_operation(
                self._db, self._turn.shop_id, "MUTATION", part.name, self._owner, numbers
            )
            work += await self._operate(operation, part.requests, part.lines)
        return work + await self._send_all(await db.open_requests(self._db, numbers))

    async def _operate(self, operation: Operation, requests: Sequence[Request | None], lines: IO[bytes]) -> list[Work]:
        """Have an operation done, and note what it answered to each request."""
        asked = self._strategy.bulk[operation.document]
        try:
            shown = await write_all(self._db, self._client, operation, asked, lines, self._alive)
        except ShopHeld:
            started = await db_bulk.reread(self._db, operation)
            if started.number is not None:
                shown = await stop(self._db, self._client, started)
                await self._note_all(started, asked, shown, requests)
            await db_bulk.end(self._db, operation, "Nothing may be written to the shop now: it was stopped.")
            raise
        except Stopping:
            raise
        except Transient as error:
            await db_bulk.end(self._db, operation, error.message)
            log.warning("bulk.failed", document=operation.document, error=error.message)
            return []
        work = await self._note_all(operation, asked, shown, requests)
        problem = None if shown["status"] == "COMPLETED" else f"Shopify ended it as {shown['status']}."
        await db_bulk.end(self._db, operation, problem)
        return work

    async def _send_all(self, requests: Sequence[Request], *, suspect: bool = False) -> list[Work]:
        work: list[Work] = []
        for request in requests:
            await self._alive()
            work += await super()._send_all([request], suspect=suspect)
        return work

    async def _note_all(
        self, operation: Operation, asked: Document, shown: dict[str, object], requests: Sequence[Request | None]
    ) -> list[Work]:
        work: list[Work] = []
        refused: list[tuple[Request, RequestRefused]] = []
        async for outcome in outcomes(self._client, operation, asked, shown):
            request = requests[outcome.line] if outcome.line < len(requests) else None
            if request is None:
                continue
            if isinstance(outcome.error, RequestRefused):
                outcome.error.document = request.document
                refused.append((request, outcome.error))
            elif outcome.error is None:
                work += await self._note(request, outcome)
            self._done += 1
        if self._run:
            await db_runs.advance_run(self._db, self._run, self._done, self._total, "")
        for request, error in refused:
            # At last: what passed says whether it is the request's fault.
            work += await self._blame(request, error)
        return work

    async def _note(self, request: Request, outcome: Outcome) -> list[Work]:
        verdict = self._strategy.verdict(await self._strategy.answer(self._client, outcome.data))
        if isinstance(verdict, Accepted):
            self._passes = True
            self._faults = 0
            await db.close_request(self._db, request.id, "applied", verdict.answer)
            return []
        return [] if isinstance(verdict, Later) else await self._follow(request, verdict)

    @property
    def _owner(self) -> str:
        return f"push {self._turn.kind}"

    async def _begin_run(self, count: int, name: str) -> None:
        self._run = self._run or await db_runs.start_run(self._db, f"push_{self._turn.kind}", self._turn.shop_id)
        self._total += count
        points = f"{POINTS * count:,} points or more"
        await db_runs.note_way(self._db, self._run, f"bulk operation: {count:,} times {name} would cost {points}")

    async def _alive(self) -> None:
        if self._lane.stopping.is_set():
            raise Stopping
        if not await db.may_push(self._db, self._turn):
            raise ShopHeld
        if self._run:
            await db_runs.advance_run(self._db, self._run, self._done, self._total, "")


class Part:
    """Requests of one document, their lines in a file of their own."""

    def __init__(self, name: str, lines: IO[bytes]) -> None:
        self.name = name
        self.lines = lines
        self.requests: list[Request] = []
        self.size = 0


class Spool:
    """What is ready to be sent: parts in the order in which their documents came, and what goes one by one."""

    def __init__(self, documents: Mapping[str, Document], files: ExitStack) -> None:
        self.parts: list[Part] = []
        self.singles: list[Request] = []
        self._declared = {name: declared(document) for name, document in documents.items()}
        self._files = files

    def add(self, request: Request, variables: Mapping[str, object]) -> None:
        """Spool a request: its line has the variables that its bulk document declares."""
        some = {name: value for name, value in variables.items() if name in self._declared[request.document]}
        line = json.dumps(some, ensure_ascii=False).encode("utf-8", "surrogatepass") + b"\n"
        part = next((p for p in self.parts if p.name == request.document and p.size + len(line) <= LARGEST), None)
        if part is None:
            lines = self._files.enter_context(TemporaryFile())  # noqa: SIM115 - the stack closes it
            part = Part(request.document, lines)
            self.parts.append(part)
        part.lines.write(line)
        part.size += len(line)
        # The text is in the file, and stored.
        part.requests.append(replace(request, variables=""))


def declared(document: Document) -> set[str]:
    """The variables that a document declares."""
    return {v.variable.name.value for v in document.operation.variable_definitions or ()}
