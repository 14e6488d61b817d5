"""The schema that is served, with every resolver in place.

A field without a resolver of its own is read from the attribute, or dictionary key, of the same name. What
the sandbox does not keep (selling plans, channels, …) is answered with the emptiest value of its type.
"""

from __future__ import annotations

import re
from functools import cache
from importlib import resources
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLSchema,
    build_schema,
    get_named_type,
)

from sandbox.calls.call import Info
from sandbox.calls.resolvers import RESOLVERS, Resolver
from sandbox.channels import collections, publications
from sandbox.clock import iso
from sandbox.execution.access import guarded
from sandbox.inventory import activation, groups, items, levels, locations, quantities
from sandbox.lists.connections import Connection, by_number
from sandbox.metafields import definitions, metafields, writing
from sandbox.products import media, product_set, products, totals
from sandbox.shop import nodes, operations, shop, uploads
from sandbox.variants import bulk, options, variants

PLAIN_CODES = ("INVALID_INPUT", "INVALID")
"""Of an error whose own code the mutation does not know."""

SUBJECTS = (
    activation,
    bulk,
    collections,
    definitions,
    groups,
    items,
    levels,
    locations,
    media,
    metafields,
    nodes,
    operations,
    options,
    product_set,
    products,
    publications,
    quantities,
    shop,
    totals,
    uploads,
    variants,
    writing,
)
"""Modules whose resolvers the schema is given: to be imported is all they need."""


@cache
def schema_text() -> str:
    return resources.files("sandbox.execution").joinpath("schema.graphql").read_text()


def executable_schema() -> GraphQLSchema:
    """The pruned schema with every resolver in place."""
    schema = build_schema(schema_text(), assume_valid=True)
    for kind in schema.type_map.values():
        if isinstance(kind, GraphQLObjectType) and not kind.name.startswith("__"):
            for name, definition in kind.fields.items():
                resolver = RESOLVERS.get((kind.name, name)) or _attribute(name, definition.type)
                if get_named_type(definition.type).name == "DateTime":
                    resolver = _printed(resolver)
                if name == "code" and isinstance(codes := get_named_type(definition.type), GraphQLEnumType):
                    resolver = _coded(resolver, codes)
                definition.resolve = guarded(kind, name, definition, resolver)
    return schema


@cache
def schema_without(name: str) -> GraphQLSchema:
    """The pruned schema as another version may have it: without a field, named as Type.field. For validation only."""
    owner, _, field = name.partition(".")
    schema = build_schema(schema_text(), assume_valid=True)
    kind = schema.type_map[owner]
    assert isinstance(kind, GraphQLObjectType | GraphQLInputObjectType)
    del kind.fields[field]
    return schema


def type_name(value: Any, _info: Info, _abstract: Any) -> str:
    return type(value).__name__


def _attribute(name: str, kind: Any) -> Resolver:
    attribute = re.sub("([A-Z])", lambda match: "_" + match[1].lower(), name)
    default = _emptiest(kind)

    def resolve(source: Any, _info: Info, **_: Any) -> Any:
        if isinstance(source, dict):
            return source.get(name, default)
        return getattr(source, attribute, default)

    return resolve


def _emptiest(kind: Any) -> Any:
    if get_named_type(kind).name.endswith("Connection"):
        return Connection([], by_number, has_next=False, has_previous=False)
    if not isinstance(kind, GraphQLNonNull):
        return None
    inner = kind.of_type
    if isinstance(inner, GraphQLList):
        return []
    if isinstance(inner, GraphQLEnumType):
        return next(iter(inner.values))
    if isinstance(inner, GraphQLScalarType):
        return {"Boolean": False, "Int": 0, "Float": 0.0, "UnsignedInt64": "0"}.get(inner.name, "")
    return {}


def _coded(resolver: Resolver, codes: GraphQLEnumType) -> Resolver:
    """Checks that several mutations share have more codes than some of these can show."""

    def resolve(source: Any, info: Info, **arguments: Any) -> Any:
        code = resolver(source, info, **arguments)
        return next((one for one in (code, *PLAIN_CODES) if one in codes.values), None) if code else None

    return resolve


def _printed(resolver: Resolver) -> Resolver:
    def resolve(source: Any, info: Info, **arguments: Any) -> str | None:
        moment = resolver(source, info, **arguments)
        return None if moment is None else iso(moment)

    return resolve
