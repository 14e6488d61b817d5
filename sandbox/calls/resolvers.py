"""Resolvers by type and field, as the subjects' modules register them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

Resolver = Callable[..., Any]
R = TypeVar("R", bound=Resolver)

RESOLVERS: dict[tuple[str, str], Resolver] = {}


def resolves(kind: str, *names: str) -> Callable[[R], R]:
    """Register the decorated `(source, info, **arguments)` for fields of a type."""

    def register(resolver: R) -> R:
        for name in names:
            RESOLVERS[kind, name] = resolver
        return resolver

    return register


def answers(kind: str, **values: Any) -> None:
    """Fields that are the same for every object of a type."""
    for name, value in values.items():
        RESOLVERS[kind, name] = lambda _source, _info, value=value, **_: value
