"""Recordings of the real service, replayed: ids, cursors, digests and times differ, everything else must be equal."""

from __future__ import annotations

import json
import os
import re
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from house.sandbox import Sandbox

FOLDER = Path(os.environ.get("SHELFWIRE_CAPTURES") or Path(__file__).parents[2].parent / "shared/shopify/captures")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\Z")
ID = re.compile(r"gid://shopify/(\w+)/")
IDS = re.compile(r"gid://shopify/\w+/\d+")
CURSORS = {"compareDigest", "cursor", "startCursor", "endCursor"}
SIGNED = {"onlineStorePreviewUrl", "policy", "x-goog-credential", "x-goog-date", "x-goog-signature"}
"""Fields and parameters that are others with every answer."""
STORED = re.compile(r"https://(?:storage|shopify-staged-uploads\.storage)\.googleapis\.com/")
"""An address of the service's storage; ours is at the sandbox's own."""
KEY = re.compile(r"tmp/\d+/\w+/[0-9a-f-]{36}/[^?]+")
"""Of an uploaded file."""

needs_recordings = pytest.mark.skipif(not FOLDER.is_dir(), reason=f"there are no recordings in {FOLDER}")


def load(name: str) -> Any:
    return json.loads((FOLDER / f"{name}.json").read_text())


class Replay:
    """Sends what was recorded and compares the answers, learning which of our ids stands for which recorded one."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.ours: dict[str, str] = {}
        self.differences: list[str] = []

    def knows_locations(self, *recorded: str) -> None:
        """The recorded locations are ours, in this order."""
        nodes = self.sandbox.data("{ locations(first: 250, sortKey: ID) { nodes { id } } }")["locations"]["nodes"]
        for theirs, own in zip(recorded, nodes, strict=False):
            self.ours[theirs] = own["id"]

    def send(
        self,
        query: str,
        variables: Any,
        recorded: dict[str, Any],
        *,
        cost: bool = True,
        places: bool = True,
        label: str = "",
    ) -> dict[str, Any]:
        """Ask; note every difference from the recorded answer. `places` are those of errors in the document."""
        body = self.sandbox.query(query, self.translated(variables))
        expected = dict(recorded)
        found = deepcopy(body)
        for error in found.get("errors", ()) if not places else ():
            error.pop("locations", None)
        for one in (expected, found):
            extensions = dict(one.pop("extensions", {}))
            costs = extensions.pop("cost", None)
            if cost:
                one["cost"] = costs and [costs["requestedQueryCost"], costs["actualQueryCost"]]
            one["search"] = extensions.get("search")
        self.compare(expected, found, label)
        return body

    def translated(self, value: Any) -> Any:
        """With our ids in the place of recorded ones."""
        if isinstance(value, dict):
            return {name: self.translated(one) for name, one in value.items()}
        if isinstance(value, list):
            return [self.translated(one) for one in value]
        if isinstance(value, str):
            if value in self.ours:
                return self.ours[value]
            for theirs, own in self.ours.items():
                tail = theirs.rpartition("/")[2]
                if tail.isdecimal() and re.search(rf"(?:\A|:){tail}\Z", value):
                    return value.replace(tail, own.rpartition("/")[2])
        return value

    def compare(self, expected: Any, found: Any, path: str) -> None:
        if isinstance(expected, dict) and isinstance(found, dict):
            if expected.get("name") in SIGNED and expected["name"] == found.get("name"):
                return
            for name in sorted({*expected, *found}):
                if name not in expected or name not in found:
                    where = "recorded" if name in expected else "answered"
                    self.differences.append(f"{path}.{name}: only {where}: {expected.get(name, found.get(name))}")
                elif name in SIGNED and expected[name] and found[name]:
                    continue
                elif name in CURSORS and isinstance(expected[name], str) and isinstance(found[name], str):
                    self.learn(expected[name], found[name], f"{path}.{name}")
                else:
                    self.compare(expected[name], found[name], f"{path}.{name}")
        elif isinstance(expected, list) and isinstance(found, list) and len(expected) == len(found):
            for n, (one, other) in enumerate(zip(expected, found, strict=True)):
                self.compare(one, other, f"{path}[{n}]")
        elif isinstance(expected, str) and isinstance(found, str):
            self.compare_text(expected, found, path)
        elif expected != found or isinstance(expected, bool) is not isinstance(found, bool):
            self.differences.append(f"{path}: recorded {expected!r}, answered {found!r}")

    def compare_text(self, expected: str, found: str, path: str) -> None:
        theirs, own = ID.match(expected), ID.match(found)
        here = STORED.match(expected) and found.startswith(f"{self.sandbox.url}/")
        keys = KEY.search(expected), KEY.search(found)
        if theirs and own and theirs[1] == own[1]:
            self.learn(expected, found, path)
        elif keys[0] and keys[1] and (here or (keys[0][0] == expected and keys[1][0] == found)):
            self.learn(keys[0][0], keys[1][0], path)
        elif (here and not keys[0] and not keys[1]) or (TIME.match(expected) and TIME.match(found)):
            return
        elif found not in (self.translated(expected), self.within(expected)):
            self.differences.append(f"{path}: recorded {expected!r}, answered {found!r}")

    def within(self, text: str) -> str:
        """A text with our ids in the place of recorded ones, wherever they stand in it."""
        return IDS.sub(lambda match: self.ours.get(match[0], match[0]), text)

    def learn(self, theirs: str, own: str, path: str) -> None:
        if self.ours.setdefault(theirs, own) != own:
            self.differences.append(f"{path}: {theirs} was {self.ours[theirs]}, is now {own}")

    def matches(self) -> None:
        assert not self.differences, "\n".join(self.differences)
