"""metafieldsSet and metafieldsDelete: all of a call's metafields, or none."""

from __future__ import annotations

from typing import Any, NamedTuple

from sandbox.calls.call import Info
from sandbox.calls.errors import access_denied, user_error
from sandbox.calls.resolvers import resolves
from sandbox.metafields.metafields import digest
from sandbox.metafields.owners import namespace_of, owner_of
from sandbox.metafields.values import Unfit, stored
from sandbox.state.entities import Metafield, MetafieldOwner, Product, ProductVariant
from sandbox.state.store import Store

MOST = 25
PRODUCTS = "write_products"
AGAIN = "Try again with an updated `compareDigest` value."
LENGTHS = {"namespace": (3, 255), "key": (2, 64)}

Error = dict[str, Any]


class Write(NamedTuple):
    owner: MetafieldOwner
    namespace: str
    key: str
    type: str
    value: str


@resolves("Mutation", "metafieldsSet")
def set_(_: Any, info: Info, metafields: list[dict[str, Any]]) -> dict[str, Any]:
    """Null as `compareDigest` is for what is not there yet; without one, whatever is there is written over."""
    if len(metafields) > MOST:
        message = f"Exceeded the maximum metafields input limit of {MOST}."
        return _refused([_error(["metafields"], message, "LESS_THAN_OR_EQUAL_TO")])
    store = info.context.store
    _check_scope(info, "metafieldsSet", metafields)
    judged = [_judge(store, number, one) for number, one in enumerate(metafields)]
    if errors := [one for one in judged if isinstance(one, dict)]:
        return _refused(errors)
    written = [store.set_metafield(*one) for one in judged if isinstance(one, Write)]
    return {"metafields": written, "userErrors": []}


@resolves("Mutation", "metafieldsDelete")
def delete(_: Any, info: Info, metafields: list[dict[str, Any]]) -> dict[str, Any]:
    _check_scope(info, "metafieldsDelete", metafields)
    deleted = []
    for given in metafields:
        owner = owner_of(info.context.store, given["ownerId"])
        found = _found(owner, namespace_of(given["namespace"]), given["key"])
        if owner is not None and found is not None:
            info.context.store.remove_metafield(found)
        deleted.append(given if found else None)
    return {"deletedMetafields": deleted, "userErrors": []}


def _check_scope(info: Info, name: str, metafields: list[dict[str, Any]]) -> None:
    """Products need a scope; what is the app's own needs none.

    Raises:
        GraphQLError: ACCESS_DENIED.
    """
    owners = [owner_of(info.context.store, one["ownerId"]) for one in metafields]
    if any(isinstance(one, Product | ProductVariant) for one in owners) and PRODUCTS not in info.context.scopes:
        raise access_denied(name, PRODUCTS)


def _judge(store: Store, number: int, given: dict[str, Any]) -> Write | Error:
    """What is to be written, or why it is not."""

    def error(field: str, message: str, code: str) -> Error:
        return _error(["metafields", str(number), field], message, code)

    owner = owner_of(store, given["ownerId"])
    if owner is None:
        return error("ownerId", "Owner does not exist.", "INVALID")
    namespace = namespace_of(given.get("namespace"))
    for field, name in (("namespace", namespace), ("key", given["key"])):
        shortest, longest = LENGTHS[field]
        if len(name) < shortest:
            message = f"{field.capitalize()} is too short (minimum is {shortest} characters)"
            return error(field, message, "TOO_SHORT")
        if len(name) > longest:
            return error(field, f"{field.capitalize()} is too long (maximum is {longest} characters)", "TOO_LONG")
    found = _found(owner, namespace, given["key"])
    type_ = given.get("type") or (found.type if found else "")
    if not type_:
        return error("type", "Type can't be blank", "BLANK")
    try:
        value = stored(type_, given["value"])
    except Unfit as unfit:
        return error("value", str(unfit), "INVALID_VALUE")
    if "compareDigest" in given and not (found and (found.type, found.value) == (type_, value)):
        wanted = given["compareDigest"]
        if wanted is not None and found is None:
            return error("compareDigest", "The compareDigest is of a metafield that does not exist.",
                         "INVALID_COMPARE_DIGEST")  # fmt: skip
        if found is not None and wanted != digest(found):
            message = (
                "The resource has been updated since it was loaded. Try again with an updated `compareDigest` value."
            )
            return error("compareDigest", message, "STALE_OBJECT")
    return Write(owner, namespace, given["key"], type_, value)


def _found(owner: MetafieldOwner | None, namespace: str, key: str) -> Metafield | None:
    return next(
        (one for one in (owner.metafields if owner else ()) if (one.namespace, one.key) == (namespace, key)), None
    )


def _error(field: list[str], message: str, code: str) -> Error:
    return {**user_error(field, message, code), "elementIndex": None}


def _refused(errors: list[Error]) -> dict[str, Any]:
    return {"metafields": [], "userErrors": errors}
