"""One request to the API while it is being answered: who asks, when, and what is to go wrong."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from graphql import GraphQLResolveInfo

from sandbox.clock import Clock
from sandbox.store import Store


@dataclass(slots=True)
class Call:
    store: Store
    clock: Clock
    scopes: frozenset[str]
    app: str
    now: float
    variables: dict[str, Any]
    warnings: list[dict[str, Any]] = field(default_factory=list)


def call_of(info: GraphQLResolveInfo) -> Call:
    """The call a resolver works for."""
    call: Call = info.context
    return call
