"""Which collections a product is in, as the input of a product has it."""

from __future__ import annotations

from typing import Any

from sandbox.calls.errors import user_error
from sandbox.state.entities import Product
from sandbox.state.gids import gid
from sandbox.state.store import Store

UNKNOWN = ("Collection does not exist", "NOT_FOUND")
NO_JOINING = ("Can't manually add products to a smart collection", "INVALID_INPUT")
NO_LEAVING = ("Can't manually remove products from a smart collection", "INVALID_INPUT")


def membership_errors(store: Store, given: dict[str, Any], where: list[str]) -> list[dict[str, Any]]:
    """The words on smart collections are recorded of collectionAddProductsV2 and collectionRemoveProducts. What
    mutations of products say to these, and to a collection that is not there, no recording shows."""
    errors = []
    for name in ("collectionsToJoin", "collections", "collectionsToLeave"):
        leaves = name == "collectionsToLeave"
        for n, wanted in enumerate(given.get(name) or ()):
            found = store.collection(wanted)
            if found is None and not leaves:
                errors.append(user_error([*where, name, str(n)], *UNKNOWN))
            elif found is not None and found.tag is not None:
                errors.append(user_error([*where, name, str(n)], *(NO_LEAVING if leaves else NO_JOINING)))
    return errors


def join_and_leave(store: Store, product: Product, given: dict[str, Any]) -> None:
    """`collections` are all manual ones that it is in; smart ones see for themselves."""
    for collection in store.collections.values():
        wanted, is_in = gid("Collection", collection.id), product in collection.products
        joins = wanted in (given.get("collectionsToJoin") or given.get("collections") or ())
        leaves = given.get("collections") is not None and not joins
        leaves = leaves or wanted in (given.get("collectionsToLeave") or ())
        if joins and not is_in:
            collection.products.append(product)
        elif leaves and is_in:
            collection.products.remove(product)
