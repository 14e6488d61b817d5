"""The calls that a recording holds, in its order, whatever layout its recorder gave it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

ASIDE = ("upstreamCalls", "schema")
"""What the recorder asked beside its scenario, at a moment that is not told, and partly made by hand."""


@dataclass(frozen=True)
class Call:
    label: str
    """Its keys in the recording, by dots."""
    query: str | None
    variables: dict[str, Any] | None
    body: dict[str, Any]
    """Of the answer: `data`, `errors` and `extensions`."""

    @property
    def data(self) -> dict[str, Any]:
        return self.body.get("data") or {}


def calls_of(recording: Any, label: str = "") -> Iterator[Call]:
    if isinstance(recording, list):
        for n, one in enumerate(recording):
            yield from calls_of(one, f"{label}[{n}]")
    if not isinstance(recording, dict):
        return
    body = _body(recording)
    asked = recording.get("request") if isinstance(recording.get("request"), dict) else recording
    if body is not None:
        yield Call(label, None, None, body)
        return
    for name, one in recording.items():
        if name in ASIDE:
            continue
        body = _body(one)
        if name == "response" and body is not None and asked is not None:
            query = asked.get("query") or asked.get("document")
            variables = asked.get("variables") if query is None else asked.get("variables") or {}
            yield Call(label, query, variables, body)
        elif body is not None:
            yield Call(f"{label}.{name}".lstrip("."), None, recording.get(f"{name}Variables"), body)
        else:
            yield from calls_of(one, f"{label}.{name}".lstrip("."))


def _body(value: Any) -> dict[str, Any] | None:
    """An answer's body, bare or in its envelope."""
    while isinstance(value, dict):
        if isinstance(value.get("data"), dict) or isinstance(value.get("errors"), list):
            return value
        value = value.get("payload", value.get("body"))
    return None
