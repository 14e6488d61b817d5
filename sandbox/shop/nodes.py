"""Any object by its id, and the ids themselves."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sandbox.calls.call import Info
from sandbox.calls.resolvers import resolves
from sandbox.state.gids import gid, parse

IDENTIFIED = (
    "AppCatalog",
    "AppInstallation",
    "BulkOperation",
    "Collection",
    "InventoryAdjustmentGroup",
    "InventoryItem",
    "Location",
    "MediaImage",
    "Metafield",
    "MetafieldDefinition",
    "Product",
    "ProductDeleteOperation",
    "ProductOption",
    "ProductOptionValue",
    "ProductSetOperation",
    "ProductVariant",
    "Publication",
)


def _identifier(kind: str) -> Callable[..., str]:
    return lambda source, _info: gid(kind, source.id)


for _kind in IDENTIFIED:
    resolves(_kind, "id")(_identifier(_kind))


@resolves("Collection", "legacyResourceId")
@resolves("InventoryItem", "legacyResourceId")
@resolves("Location", "legacyResourceId")
@resolves("Product", "legacyResourceId")
@resolves("ProductVariant", "legacyResourceId")
@resolves("Metafield", "legacyResourceId")
def legacy_id(source: Any, _: Info) -> str:
    return str(source.id)


@resolves("QueryRoot", "node")
def node(_: Any, info: Info, id: str) -> Any:
    parts = parse(id)
    if parts is None:
        return None
    kind, number, item = parts
    store = info.context.store
    if kind == "InventoryLevel":
        return store.level(id) if item else None
    return store.kind(kind).get(number)


@resolves("QueryRoot", "nodes")
def nodes(source: Any, info: Info, ids: list[str]) -> list[Any]:
    return [node(source, info, one) for one in ids]
