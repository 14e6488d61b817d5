"""One request to the API while it is being answered: who asks, when, and what is to go wrong."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from graphql import GraphQLResolveInfo

from sandbox.calls.downloads import Downloads
from sandbox.calls.journal import Journal
from sandbox.calls.keys import Keys
from sandbox.faults.script import Spoiled
from sandbox.state.store import Store


@dataclass(slots=True)
class Call:
    store: Store
    keys: Keys
    journal: Journal
    downloads: Downloads
    spoiled: Spoiled
    scopes: frozenset[str]
    app: str
    now: float
    variables: dict[str, Any]
    key: str | None = None
    """The idempotency key of the mutation that is being run."""
    contended: frozenset[str] = frozenset()
    """Keys that another request works under at this moment."""
    warnings: list[dict[str, Any]] = field(default_factory=list)
    """Of searches, for `extensions.search`."""
    unseen: Counter[int] | None = None
    """By product, what its total does not show yet; counted when it is first needed."""


Info: TypeAlias = GraphQLResolveInfo[Call]
