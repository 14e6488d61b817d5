"""One request to the API while it is being answered: who asks, when, and what is to go wrong."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeAlias

from graphql import GraphQLResolveInfo

from sandbox.calls.downloads import Downloads
from sandbox.calls.journal import Journal
from sandbox.calls.keys import Keys
from sandbox.faults.script import Spoiled
from sandbox.state.operations import BulkOperation
from sandbox.state.store import Store


class Bulk(Protocol):
    """What carries out bulk operations: it runs resolvers, and so stands above them. Answers are payloads."""

    def run_query(self, call: Call, text: str, grouped: bool) -> dict[str, Any]: ...

    def run_mutation(self, call: Call, text: str, path: str, client: str | None) -> dict[str, Any]: ...

    def cancel(self, operation: BulkOperation) -> None: ...


@dataclass(slots=True)
class Call:
    store: Store
    keys: Keys
    journal: Journal
    downloads: Downloads
    bulk: Bulk
    spoiled: Spoiled
    scopes: frozenset[str]
    app: str
    address: str
    """Where the caller reaches the shop, such as http://127.0.0.1:8080."""
    now: float
    variables: dict[str, Any]
    is_bulk: bool = False
    """Whether it is a part of a bulk operation."""
    key: str | None = None
    """The idempotency key of the mutation that is being run."""
    contended: frozenset[str] = frozenset()
    """Keys that another request works under at this moment."""
    warnings: list[dict[str, Any]] = field(default_factory=list)
    """Of searches, for `extensions.search`."""
    unseen: Counter[int] | None = None
    """By product, what its total does not show yet; counted when it is first needed."""


Info: TypeAlias = GraphQLResolveInfo[Call]
