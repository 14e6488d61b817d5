"""What can have metafields, and the names of their namespaces."""

from __future__ import annotations

from typing import Any

from sandbox.calls.errors import refused
from sandbox.state.entities import AppInstallation, MetafieldOwner, Product, ProductVariant
from sandbox.state.gids import parse
from sandbox.state.store import Store

APP = "app--1"
"""The namespace that is reserved for the app; `$app` and `$app:name` stand for it."""


def namespace_of(given: str | None) -> str:
    """The namespace as it is stored; without one, the app's own."""
    if not given or given == "$app":
        return APP
    return f"{APP}--{given.removeprefix('$app:')}" if given.startswith("$app:") else given


def owner_of(store: Store, gid: str) -> MetafieldOwner | None:
    """The object of an id, if it is there and can have metafields."""
    parts = parse(gid)
    kind, number = parts[:2] if parts else ("", 0)
    if kind == "AppInstallation":
        return store.installation if number == store.installation.id else None
    if kind == "Shop":
        return store if number == 1 else None
    return store.product(gid) or store.variant(gid)


def checked_identifier(store: Store, identifier: dict[str, Any]) -> dict[str, Any]:
    """As given; a custom id with its namespace as it is stored.

    Raises:
        GraphQLError: NOT_FOUND, there is no definition of type id for it.
    """
    wanted = identifier.get("customId")
    if wanted is None:
        return identifier
    namespace = namespace_of(wanted.get("namespace"))
    found = store.definition("PRODUCT", namespace, wanted["key"])
    if found is None or found.type_name != "id":
        raise refused("Metafield definition of type 'id' is required when using custom ids.", "NOT_FOUND")
    return {"customId": {**wanted, "namespace": namespace}}


def type_of(owner: MetafieldOwner) -> str:
    """As MetafieldOwnerType names it."""
    if isinstance(owner, Product):
        return "PRODUCT"
    if isinstance(owner, ProductVariant):
        return "PRODUCTVARIANT"
    return "API_PERMISSION" if isinstance(owner, AppInstallation) else "SHOP"
