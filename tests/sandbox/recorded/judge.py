"""The judge: replays a recording against a fresh sandbox and says of every call whether it was answered alike.

    python -m tests.sandbox.recorded.judge [RECORDING ...]

Alike means: the same fields with the same values, in the same order; nulls, user errors (field, message, code) and
top-level errors (message, code, path) included. Ids and cursors may differ as long as one of ours always stands for
the same recorded one; times may differ. Costs and positions in a document are compared where the document is
recorded; where it is not, one is made from the answer's shape, without the fields that the sandbox does not serve.
"""

from __future__ import annotations

import json
import re
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from graphql import FieldNode, GraphQLSchema, GraphQLSyntaxError, OperationDefinitionNode, parse

from house.sandbox import running
from sandbox.execution.schema import executable_schema
from tests.sandbox.recorded.calls import Call, calls_of
from tests.sandbox.recorded.documents import Unmade, document_for
from tests.sandbox.recorded.given import ALIASES, BEFORE, MORE, PAUSES, SAME_INPUT, UPLOADS, variables_of
from tests.sandbox.recorded.known import DIFFERENT, UNJUDGED
from tests.sandbox.recording import FOLDER, Replay

LOCATIONS = "{ locations(first: 250) { nodes { id name } } }"
ADD_LOCATION = "mutation ($input: LocationAddInput!) { locationAdd(input: $input) { location { id } } }"
LOCATION = re.compile(r"gid://shopify/Location/\d+\Z")


@dataclass
class Verdict:
    recording: str
    label: str
    differences: list[str] = field(default_factory=list)
    unjudged: str | None = None
    """Why the call cannot be judged."""

    @property
    def place(self) -> tuple[str, str]:
        return self.recording, self.label


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

    def judge(self, name: str, recording: Any) -> Iterator[Verdict]:
        """A verdict on every call that concerns what is served, in a shop with the recording's locations."""
        calls = {call.label: call for call in calls_of(recording)}
        concern = [call for call in calls.values() if self.concerns(call)]
        if all((name, call.label) in UNJUDGED for call in concern):
            yield from (Verdict(name, call.label, unjudged=UNJUDGED[name, call.label]) for call in concern)
            return
        with opened(locations_of(recording)) as replay:
            if name in BEFORE:
                BEFORE[name](replay, recording)
            for call in concern:
                place = (name, call.label)
                if place in UNJUDGED:
                    yield Verdict(*place, unjudged=UNJUDGED[place])
                    continue
                given = calls[SAME_INPUT[place]].variables if place in SAME_INPUT else call.variables
                given = variables_of(call) if given is None else given
                if place in MORE:
                    given = {**(given or {}), **MORE[place]}
                time.sleep(PAUSES.get(place, 0))
                verdict, answer = self.verdict(name, Call(call.label, call.query, given, call.body), replay)
                yield verdict
                if place in UPLOADS:
                    UPLOADS[place](replay, recording, answer["data"]["stagedUploadsCreate"]["stagedTargets"][0])

    def verdict(self, name: str, call: Call, replay: Replay) -> tuple[Verdict, dict[str, Any]]:
        """With our answer."""
        verdict = Verdict(name, call.label)
        recorded, asked = deepcopy(call.body), call.query
        if asked is None:
            call = Call(call.label, None, call.variables, recorded)
            try:
                asked = document_for(self.schema, call)
            except Unmade as reason:
                verdict.unjudged = str(reason)
                return verdict, {}
        replay.differences = []
        whole = call.query is not None
        answer = replay.send(
            asked, call.variables, recorded if whole else _placeless(recorded), cost=whole, places=whole
        )
        verdict.differences = replay.differences
        return verdict, answer


def _placeless(body: dict[str, Any]) -> dict[str, Any]:
    for error in body.get("errors") or ():
        error.pop("locations", None)
    return body


class Place(NamedTuple):
    gid: str
    name: str
    online: bool


def locations_of(recording: Any) -> list[Place]:
    """Those that were there before, in the order of their ids."""
    made = {
        call.data["locationAdd"]["location"]["id"]
        for call in calls_of(recording)
        if (call.data.get("locationAdd") or {}).get("location")
    }
    found: dict[str, Place] = {}

    def look(value: Any) -> None:
        if isinstance(value, dict):
            gid, name = value.get("id"), value.get("name")
            if isinstance(gid, str) and LOCATION.match(gid) and isinstance(name, str) and gid not in made:
                online = value.get("fulfillsOnlineOrders", True) and (gid not in found or found[gid].online)
                found[gid] = Place(gid, name, online)
        for one in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
            look(one)

    look(recording)
    return sorted(found.values(), key=lambda place: int(place.gid.rpartition("/")[2]))


@contextmanager
def opened(places: list[Place]) -> Iterator[Replay]:
    """A fresh shop with these locations, whose ids are known."""
    online = [place.name for place in places if place.online] or ["Shop location"]
    with running("--shop", "harry-test-heelo", "--locations", ",".join(online)) as sandbox:
        for place in places:
            if not place.online:
                given = {"name": place.name, "fulfillsOnlineOrders": False, "address": {"countryCode": "US"}}
                sandbox.data(ADD_LOCATION, {"input": given})
        own = {one["name"]: one["id"] for one in sandbox.data(LOCATIONS)["locations"]["nodes"]}
        replay = Replay(sandbox)
        replay.ours.update({place.gid: own[place.name] for place in places})
        yield replay


def verdicts(*names: str) -> Iterator[Verdict]:
    """On the recordings of these names, or on all."""
    judge = Judge()
    for path in sorted(FOLDER.glob("*.json")):
        if not names or path.stem in names:
            yield from judge.judge(path.stem, json.loads(path.read_text()))


def report(found: list[Verdict]) -> str:
    """The share, and a line for every call that is not alike."""
    judged = [one for one in found if one.unjudged is None]
    alike = [one for one in judged if not one.differences]
    lines = [f"{len(alike)} of {len(judged)} judged calls alike ({len(alike) / max(1, len(judged)):.1%})"]
    for one in found:
        where = f"{one.recording}: {one.label}"
        if one.unjudged:
            lines.append(f"not judged  {where}: {one.unjudged}")
        elif one.differences:
            lines.append(f"different   {where}: {DIFFERENT.get(one.place, 'no reason is known')}")
            lines += [f"            {line[:500]}" for line in one.differences]
    return "\n".join(lines)


if __name__ == "__main__":
    print(report(list(verdicts(*sys.argv[1:]))))
