"""Collections, as queries see them; products join and leave manual ones by productUpdate and productSet."""

from __future__ import annotations

from typing import Any

from sandbox.calls.call import Info
from sandbox.calls.resolvers import resolves
from sandbox.lists.connections import Connection, Key, by_number, by_place, paginate
from sandbox.lists.paging import listed
from sandbox.state.channels import Collection
from sandbox.state.entities import Product

Args = dict[str, Any]

COLLECTION_KEYS: dict[str, Key] = {
    "TITLE": lambda one: (one.title.lower(), one.id),
    "UPDATED_AT": lambda one: (one.updated_at, one.id),
}


@resolves("QueryRoot", "collection")
def collection(_: Any, info: Info, id: str) -> Collection | None:
    return info.context.store.collection(id)


@resolves("QueryRoot", "collectionByIdentifier")
def collection_by_identifier(_: Any, info: Info, identifier: Args) -> Collection | None:
    store = info.context.store
    if "id" in identifier:
        return store.collection(identifier["id"])
    return next((one for one in store.collections.values() if one.handle == identifier.get("handle")), None)


@resolves("QueryRoot", "collections")
def collections(_: Any, info: Info, **args: Any) -> Connection:
    return _listed(info, list(info.context.store.collections.values()), args)


@resolves("Product", "collections")
def collections_of(product: Product, info: Info, **args: Any) -> Connection:
    return _listed(info, [one for one in info.context.store.collections.values() if one.has(product)], args)


def _listed(info: Info, rows: list[Collection], args: Args) -> Connection:
    return listed(info, Collection, rows, args, COLLECTION_KEYS.get(args.get("sortKey") or "", by_number))


@resolves("Collection", "ruleSet")
def rule_set(one: Collection, _: Info) -> Args | None:
    """Null of a manual one."""
    if one.tag is None:
        return None
    rule = {"column": "TAG", "relation": "EQUALS", "condition": one.tag}
    return {"appliedDisjunctively": False, "rules": [rule]}


@resolves("Collection", "products")
def products_of(one: Collection, info: Info, **args: Any) -> Connection:
    members = info.context.store.members(one)
    return paginate(members, args, by_place(members))


@resolves("Collection", "productsCount")
def products_count(one: Collection, info: Info) -> Args:
    return {"count": len(info.context.store.members(one)), "precision": "EXACT"}


@resolves("Collection", "hasProduct")
def has_product(one: Collection, info: Info, id: str) -> bool:
    product = info.context.store.product(id)
    return product is not None and one.has(product)
