"""Which fields need which access scope, and the error for one that is missing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from graphql import (
    GraphQLField,
    GraphQLObjectType,
    get_named_type,
)

from sandbox.calls.call import Info
from sandbox.calls.errors import access_denied

READ = {
    "InventoryItem": "read_inventory",
    "InventoryLevel": "read_inventory",
    "InventoryProperties": "read_inventory",
    "Location": "read_locations",
    "Collection": "read_products",
    "MetafieldDefinition": "read_products",
    "Product": "read_products",
    "ProductOperation": "read_products",
    "ProductVariant": "read_products",
    "Publication": "read_publications",
}
"""What a query's root field needs, by the type it returns (itself, as a connection or as a list)."""

WRITE = {
    "inventory": "write_inventory",
    "location": "write_locations",
    "metafieldDefinition": "write_products",
    "product": "write_products",
    "publishable": "write_publications",
}
"""What a mutation needs, by the beginning of its name."""


def required_scope(kind: GraphQLObjectType, name: str, definition: GraphQLField) -> str | None:
    if kind.name == "Mutation":
        return next((scope for start, scope in WRITE.items() if name.startswith(start)), None)
    if kind.name == "QueryRoot" and name.endswith("Count"):
        return "read_locations" if name == "locationsCount" else "read_products"
    returned = get_named_type(definition.type).name.removesuffix("Connection")
    if kind.name == "QueryRoot" or returned in ("InventoryLevel", "Location"):
        return READ.get(returned)
    return None


def guarded(
    kind: GraphQLObjectType, name: str, definition: GraphQLField, resolver: Callable[..., Any]
) -> Callable[..., Any]:
    """`resolver`, or ACCESS_DENIED where the caller's token lacks the field's scope."""
    scope = required_scope(kind, name, definition)
    if scope is None:
        return resolver

    def resolve(source: Any, info: Info, **arguments: Any) -> Any:
        if scope not in info.context.scopes:
            raise access_denied(name, scope)
        return resolver(source, info, **arguments)

    return resolve
