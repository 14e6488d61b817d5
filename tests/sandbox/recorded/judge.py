"""The judge: replays a recording against a fresh sandbox and says of every call whether it was answered alike.

Alike means: the same fields with the same values, in the same order; nulls, user errors (field, message, code) and
top-level errors (message, code, path) included. Ids and cursors may differ as long as one of ours always stands for
the same recorded one; times may differ. Costs and positions in a document are compared where the document is recorded.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from graphql import FieldNode, GraphQLSchema, GraphQLSyntaxError, OperationDefinitionNode, parse

from house.sandbox import Sandbox
from sandbox.execution.schema import executable_schema
from tests.sandbox.recorded.calls import Call, calls_of
from tests.sandbox.recorded.documents import Unmade, document_for
from tests.sandbox.recorded.given import ALIASES, BEFORE, REPEATED, SAME_INPUT, variables_of
from tests.sandbox.recording import Replay

LOCATION = re.compile(r"gid://shopify/Location/\d+\Z")


@dataclass
class Verdict:
    recording: str
    label: str
    differences: list[str] = field(default_factory=list)
    unjudged: str | None = None
    """Why the call cannot be judged."""

    @property
    def name(self) -> str:
        return f"{self.recording}: {self.label}"


class Judge:
    def __init__(self) -> None:
        self.schema: GraphQLSchema = executable_schema()

    def concerns(self, call: Call) -> bool:
        """Whether everything that was asked is served."""
        return all(self.serves(root) for root in self.roots(call)) and bool(self.roots(call))

    def serves(self, root: str) -> bool:
        kinds = (self.schema.query_type, self.schema.mutation_type)
        return any(kind is not None and root in kind.fields for kind in kinds)

    def roots(self, call: Call) -> list[str]:
        if call.query is None:
            return [ALIASES.get(root, (root, ""))[0] for root in call.data]
        try:
            document = parse(call.query)
        except GraphQLSyntaxError:
            return []
        operations = [one for one in document.definitions if isinstance(one, OperationDefinitionNode)]
        fields = operations[0].selection_set.selections if operations else ()
        return [one.name.value for one in fields if isinstance(one, FieldNode)]

    def judge(self, name: str, recording: Any, sandbox: Sandbox) -> Iterator[Verdict]:
        replay = Replay(sandbox)
        replay.knows_locations(*(gid for gid, _ in locations_of(recording)))
        BEFORE.get(name, lambda *_: None)(replay, recording)
        calls = {call.label: call for call in calls_of(recording)}
        for call in calls.values():
            if self.concerns(call):
                place = (name, call.label)
                if place in REPEATED:
                    yield Verdict(*place, unjudged=REPEATED[place])
                    continue
                given = calls[SAME_INPUT[place]].variables if place in SAME_INPUT else call.variables
                if given is None:
                    given = variables_of(call)
                yield self.verdict(name, Call(call.label, call.query, given, call.body), replay)

    def verdict(self, name: str, call: Call, replay: Replay) -> Verdict:
        verdict = Verdict(name, call.label)
        recorded, asked = deepcopy(call.body), call.query
        if asked is None:
            call = Call(call.label, None, call.variables, recorded)
            try:
                asked = document_for(self.schema, call)
            except Unmade as reason:
                verdict.unjudged = str(reason)
                return verdict
        replay.differences = []
        whole = call.query is not None
        replay.send(asked, call.variables, recorded if whole else _placeless(recorded), cost=whole, places=whole)
        verdict.differences = replay.differences
        return verdict


def _placeless(body: dict[str, Any]) -> dict[str, Any]:
    for error in body.get("errors") or ():
        error.pop("locations", None)
    return body


def locations_of(recording: Any) -> list[tuple[str, str]]:
    """Id and name of the locations that were there before; in the order of their ids, as they are made here."""
    made = {
        json.dumps(call.data["locationAdd"]["location"]["id"]).strip('"')
        for call in calls_of(recording)
        if (call.data.get("locationAdd") or {}).get("location")
    }
    found: dict[str, str] = {}

    def look(value: Any) -> None:
        if isinstance(value, dict):
            gid = value.get("id")
            if isinstance(gid, str) and LOCATION.match(gid) and isinstance(value.get("name"), str):
                found.setdefault(gid, value["name"])
            for one in value.values():
                look(one)
        elif isinstance(value, list):
            for one in value:
                look(one)

    look(recording)
    return sorted(((gid, name) for gid, name in found.items() if gid not in made), key=lambda pair: int(pair[0][23:]))
