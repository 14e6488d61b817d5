"""What an operation does, one line of its result after another: between two of them it can be stopped."""

from __future__ import annotations

import json
import os
import random
import uuid
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any, Protocol

from sandbox.bulk.lines import line_of
from sandbox.bulk.projection import Projection
from sandbox.calls.call import Call
from sandbox.calls.keys import Keys
from sandbox.execution.documents import Operation
from sandbox.execution.execution import Answer, Execution, internal_error
from sandbox.faults.script import FaultScript
from sandbox.state.files import PIECE, StagedUpload

WINDOW = 50
"""Lines of a file that are worked on side by side: their outcomes come in any order."""

MakeCall = Callable[[list[str], dict[str, Any]], Call]
"""From a mutation's root fields and its variables."""


class Work(Protocol):
    @property
    def share(self) -> float:
        """How much of it is done, from 0 to 1."""

    def lines(self) -> Iterator[tuple[str, bool]]:
        """Each with whether it is one of a root."""


class Reading:
    def __init__(self, projection: Projection, grouped: bool) -> None:
        self._projection = projection
        self._grouped = grouped

    @property
    def share(self) -> float:
        return self._projection.done / max(1, self._projection.total)

    def lines(self) -> Iterator[tuple[str, bool]]:
        for row, is_root in self._projection.rows(self._grouped):
            yield line_of(row), is_root


class Writing:
    """A mutation, run once for each line of a file, as if each were a call of its own."""

    def __init__(
        self,
        execution: Execution,
        operation: Operation,
        upload: StagedUpload,
        call: MakeCall,
        keys: Keys,
        faults: FaultScript,
    ) -> None:
        self._execution = execution
        self._operation = operation
        self._upload = upload
        self._call = call
        self._keys = keys
        self._faults = faults
        self._dice = random.Random(upload.key)
        self._read = 0

    @property
    def share(self) -> float:
        return self._read / self._upload.size

    def lines(self) -> Iterator[tuple[str, bool]]:
        numbered = enumerate(self._given())
        while window := list(islice(numbered, WINDOW)):
            self._dice.shuffle(window)
            for number, text in window:
                if text.strip():
                    yield line_of({**self._outcome(text), "__lineNumber": number}), True

    def _given(self) -> Iterator[bytes]:
        rest = b""
        assert self._upload.file is not None
        while piece := os.pread(self._upload.file.fileno(), PIECE, self._read):
            self._read += len(piece)
            *whole, rest = (rest + piece).split(b"\n")
            yield from whole
        if rest:
            yield rest

    def _outcome(self, text: bytes) -> Answer:
        try:
            variables = json.loads(text)
        except ValueError as error:
            return {"errors": [{"message": f"The line is not valid JSON: {error}"}]}
        if not isinstance(variables, dict):
            return {"errors": [{"message": "The line is not a JSON object of variables"}]}
        names, id = self._operation.names, str(uuid.uuid4())
        if self._faults.strikes("bulk_line", [*names, "bulkOperationRunMutation"]):
            return {"errors": [internal_error([names[0]], id)]}
        prepared = self._execution.prepare(self._operation, variables)
        if isinstance(prepared, dict):
            return prepared
        if prepared.too_long:
            return {"errors": prepared.too_long}
        call = self._call(names, variables)
        used = self._operation.idempotency_keys(variables)
        call.contended = self._keys.enter(call.app, used)
        try:
            body, _ = self._execution.run(prepared, call, id)
        finally:
            self._keys.leave(call.app, used)
        if body.get("errors") and not any((body.get("data") or {}).values()):
            del body["data"]
        return body
