"""Bulk operations from their start to their end, in the background, a few milliseconds at a time."""

from __future__ import annotations

import asyncio
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from graphql import GraphQLError

from sandbox.bulk.lines import printed
from sandbox.bulk.projection import Projection
from sandbox.bulk.texts import client_errors, file_errors, mutation_errors, query_errors
from sandbox.bulk.work import Reading, Work, Writing
from sandbox.calls.call import Call
from sandbox.calls.errors import user_error
from sandbox.execution.execution import Execution
from sandbox.faults.fault import Fault
from sandbox.faults.script import FaultScript
from sandbox.state.files import DAY, ResultFile
from sandbox.state.operations import BulkOperation
from sandbox.state.store import Store

AT_ONCE = 5
"""Operations of a type that an app can have at work in a shop; it was 1 in versions before 2026-01."""
BEGINS_AFTER = 0.15
ENDS_AFTER = 0.2
"""Seconds until an operation begins, and until one that is cancelled has stopped."""
KEPT = 7 * DAY
"""Seconds that a result can be fetched."""
MOST_KEPT = 30
"""Results that are on this machine's disk; older ones expire early."""
SLICE = 0.005
"""Seconds after which others have their turn."""
MANY = 50
"""Lines after which the time is looked at."""

Payload = dict[str, Any]
MakeCall = Callable[[Call, list[str], dict[str, Any]], Call]
"""A call of the same app from another one, its root fields and its variables."""


class Failed(Exception):
    """The operation ends with an error code, its message."""


@dataclass(slots=True)
class Script:
    """What is to go wrong with an operation."""

    slow: Fault | None
    stuck: Fault | None
    failed: Fault | None
    empty: Fault | None

    @property
    def lines(self) -> int | None:
        """After which it stops."""
        if self.stuck:
            return self.stuck.lines or 0
        return (1 if self.failed.lines is None else self.failed.lines) if self.failed else None

    async def stop(self) -> None:
        if self.stuck:
            await asyncio.Event().wait()
        if self.failed:
            raise Failed(self.failed.code or "INTERNAL_SERVER_ERROR")


class BulkOperations:
    def __init__(self, store: Store, execution: Execution, faults: FaultScript, call: MakeCall) -> None:
        self._store = store
        self._execution = execution
        self._faults = faults
        self._call = call
        self._tasks: dict[int, asyncio.Task[None]] = {}

    def run_query(self, call: Call, text: str, grouped: bool) -> Payload:
        document, errors = query_errors(self._execution, text)
        errors = errors or self._in_progress(call, "QUERY")
        if errors or document is None:
            return {"bulkOperation": None, "userErrors": errors}
        found = document

        def work() -> Work:
            own = self._call(call, found.names, {})
            return Reading(Projection(self._execution.schema, found.document, found.node, own), grouped)

        return self._start(call, "QUERY", text, work)

    def run_mutation(self, call: Call, text: str, path: str, client: str | None) -> Payload:
        document, errors = mutation_errors(self._execution, text)
        upload = self._store.uploads.get(path)
        errors = errors or client_errors(client) or file_errors(upload) or self._in_progress(call, "MUTATION")
        if errors or document is None or upload is None:
            return {"bulkOperation": None, "userErrors": errors}
        found, file = document, upload

        def work() -> Work:
            def own(names: list[str], variables: dict[str, Any]) -> Call:
                return replace(self._call(call, names, variables), is_bulk=True)

            return Writing(self._execution, found, file, own, call.keys, self._faults)

        return self._start(call, "MUTATION", text, work)

    def cancel(self, operation: BulkOperation) -> None:
        if operation.status == "CANCELING":
            return
        operation.status = "CANCELING"
        if task := self._tasks.pop(operation.id, None):
            task.cancel()

        def canceled() -> None:
            operation.status = "CANCELED"

        asyncio.get_running_loop().call_later(ENDS_AFTER, canceled)

    def add(self, app: str, type: str, query: str) -> BulkOperation:
        """An operation that nobody works on."""
        store = self._store
        operation = BulkOperation(store.new_id("BulkOperation"), type, query, app, store.now())
        store.bulk_operations[operation.id] = operation
        return operation

    def occupy(self, app: str, type: str, seconds: float | None) -> BulkOperation:
        """A slot is taken by an operation that is none of the caller's, for some time or until it is ended."""
        operation = self.add(app, type, "{ orders { edges { node { id } } } }")
        operation.status = "RUNNING"
        if seconds is not None:
            asyncio.get_running_loop().call_later(seconds, self.finish, operation)
        return operation

    def finish(self, operation: BulkOperation) -> None:
        """One at work ends without rows."""
        if task := self._tasks.get(operation.id):
            task.cancel()
        if operation.is_at_work:
            self._end(operation, "COMPLETED", None, ResultFile())

    def _in_progress(self, call: Call, type: str) -> list[dict[str, Any]]:
        known = self._store.bulk_operations.values()
        busy = [one for one in known if one.app == call.app and one.type == type and one.is_at_work]
        if len(busy) < AT_ONCE:
            return []
        ids = ", ".join(f"gid://shopify/BulkOperation/{one.id}" for one in busy)
        message = f"A bulk {type.lower()} operation for this app and shop is already in progress: {ids}."
        return [user_error(None, message, "OPERATION_IN_PROGRESS")]

    def _start(self, call: Call, type: str, text: str, work: Callable[[], Work]) -> Payload:
        operation = self.add(call.app, type, text)
        kinds = ("bulk_slow", "bulk_stuck", "bulk_failed", "bulk_empty")
        script = Script(*(self._faults.strikes(kind, (operation.root,)) for kind in kinds))
        task = asyncio.get_running_loop().create_task(self._carry_out(operation, work, script))
        self._tasks[operation.id] = task
        return {"bulkOperation": operation, "userErrors": []}

    async def _carry_out(self, operation: BulkOperation, make: Callable[[], Work], script: Script) -> None:
        """To the end, whatever it is; a cancelled one is left as it was at that moment."""
        await asyncio.sleep(BEGINS_AFTER)
        operation.status = "RUNNING"
        result = ResultFile()
        try:
            await _write(operation, make(), result, script)
            status, code = "COMPLETED", None
        except Failed as error:
            status, code = "FAILED", str(error)
        except GraphQLError as error:
            denied = (error.extensions or {}).get("code") == "ACCESS_DENIED"
            status, code = "FAILED", "ACCESS_DENIED" if denied else "INTERNAL_SERVER_ERROR"
        except Exception as error:
            traceback.print_exception(error, file=sys.stderr)
            status, code = "FAILED", "INTERNAL_SERVER_ERROR"
        self._end(operation, status, code, result)
        if script.empty:
            operation.result = None
            if not script.empty.counted:
                operation.objects = operation.roots = 0

    def _end(self, operation: BulkOperation, status: str, code: str | None, result: ResultFile) -> None:
        self._tasks.pop(operation.id, None)
        now = self._store.now()
        result.expires_at = now + KEPT
        result.file.flush()
        operation.result = result if result.size else None
        self._forget(now)
        operation.error_code = code
        operation.completed_at = now if status == "COMPLETED" else None
        operation.status = status

    def _forget(self, now: float) -> None:
        results = [one.result for one in self._store.bulk_operations.values() if one.result is not None]
        for one in results[:-MOST_KEPT]:
            one.expires_at = min(one.expires_at, now)
            one.file.truncate(0)


async def _write(operation: BulkOperation, work: Work, result: ResultFile, script: Script) -> None:
    """Line by line, until it is done, fails or is to stop; what is counted is written."""
    pace = Pace(script.slow)
    waiting: list[str] = []
    if script.lines == 0:
        await script.stop()
    try:
        for line, is_root in work.lines():
            waiting.append(line)
            operation.objects += 1
            operation.roots += is_root
            if operation.objects == script.lines:
                await script.stop()
            if len(waiting) >= MANY and pace.is_over:
                result.write(printed(waiting))
                waiting.clear()
                await pace.rest(work.share)
    finally:
        if waiting:
            result.write(printed(waiting))
    await pace.rest(1.0)
    await script.stop()


class Pace:
    """Lets others have their turn, and stretches work over the seconds that it is to take."""

    def __init__(self, slow: Fault | None) -> None:
        self._seconds = (1.0 if slow.seconds is None else slow.seconds) if slow else 0.0
        self._started = self._turn = time.monotonic()

    @property
    def is_over(self) -> bool:
        return time.monotonic() - self._turn > SLICE

    async def rest(self, share: float) -> None:
        """`share` of the work is done."""
        early = self._started + share * self._seconds - time.monotonic()
        await asyncio.sleep(max(0.0, early))
        self._turn = time.monotonic()
