"""Resolvers by type and field, and the schema they are attached to.

A field without a resolver of its own is read from the attribute, or dictionary key, of the same name.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from importlib import resources
from typing import Any, TypeVar

from graphql import (
    GraphQLObjectType,
    GraphQLResolveInfo,
    GraphQLSchema,
    build_schema,
    get_named_type,
)

from sandbox.access import guarded
from sandbox.clock import iso

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


@cache
def schema_text() -> str:
    return resources.files("sandbox").joinpath("schema.graphql").read_text()


def executable_schema() -> GraphQLSchema:
    """The pruned schema with every resolver in place."""
    schema = build_schema(schema_text(), assume_valid=True)
    for kind in schema.type_map.values():
        if isinstance(kind, GraphQLObjectType) and not kind.name.startswith("__"):
            for name, definition in kind.fields.items():
                resolver = RESOLVERS.get((kind.name, name)) or _attribute(name)
                if get_named_type(definition.type).name == "DateTime":
                    resolver = _printed(resolver)
                definition.resolve = guarded(kind, name, definition, resolver)
    return schema


def type_name(value: Any, _info: GraphQLResolveInfo, _abstract: Any) -> str:
    return type(value).__name__


def _attribute(name: str) -> Resolver:
    attribute = re.sub("([A-Z])", lambda match: "_" + match[1].lower(), name)

    def resolve(source: Any, _info: GraphQLResolveInfo, **_: Any) -> Any:
        return source.get(name) if isinstance(source, dict) else getattr(source, attribute)

    return resolve


def _printed(resolver: Resolver) -> Resolver:
    def resolve(source: Any, info: GraphQLResolveInfo, **arguments: Any) -> str | None:
        moment = resolver(source, info, **arguments)
        return None if moment is None else iso(moment)

    return resolve
