"""Manual collections, as queries see them; products join and leave them by productUpdate and productSet."""

from __future__ import annotations

from typing import Any

from sandbox.calls.call import Info
from sandbox.calls.resolvers import resolves
from sandbox.lists.connections import Connection, paginate
from sandbox.state.channels import Collection
from sandbox.state.entities import Product
from sandbox.state.gids import number

Args = dict[str, Any]


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
    return paginate(list(info.context.store.collections.values()), args)


@resolves("Product", "collections")
def collections_of(product: Product, info: Info, **args: Any) -> Connection:
    return paginate([one for one in info.context.store.collections.values() if product in one.products], args)


@resolves("Collection", "products")
def products_of(one: Collection, _: Info, **args: Any) -> Connection:
    return paginate(one.products, args)


@resolves("Collection", "productsCount")
def products_count(one: Collection, _: Info) -> Args:
    return {"count": len(one.products), "precision": "EXACT"}


@resolves("Collection", "hasProduct")
def has_product(one: Collection, _: Info, id: str) -> bool:
    return any(product.id == number(id, "Product") for product in one.products)
