"""Metafields, as queries see them."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from sandbox.calls.call import Info
from sandbox.calls.resolvers import resolves
from sandbox.lists.connections import Connection, paginate
from sandbox.metafields.owners import namespace_of, type_of
from sandbox.state.entities import Metafield


@resolves("AppInstallation", "metafield")
@resolves("Product", "metafield")
@resolves("ProductVariant", "metafield")
@resolves("Shop", "metafield")
def metafield(owner: Any, _: Info, **args: Any) -> Metafield | None:
    namespace = namespace_of(args["namespace"]) if args.get("namespace") else None
    matches = (one for one in owner.metafields if one.key == args["key"])
    return next((one for one in matches if namespace in (None, one.namespace)), None)


@resolves("AppInstallation", "metafields")
@resolves("Product", "metafields")
@resolves("ProductVariant", "metafields")
@resolves("Shop", "metafields")
def metafields(owner: Any, _: Info, **args: Any) -> Connection:
    namespace = namespace_of(args["namespace"]) if args.get("namespace") else None
    keys = args.get("keys")
    rows = [one for one in owner.metafields if namespace in (None, one.namespace)]
    rows = [one for one in rows if keys is None or f"{one.namespace}.{one.key}" in keys]
    return paginate(rows, args)


@resolves("Metafield", "jsonValue")
def json_value(one: Metafield, _: Info) -> Any:
    """A false boolean comes as text."""
    if one.type not in ("boolean", "number_integer", "json", "money") or one.value == "false":
        return one.value
    try:
        return json.loads(one.value)
    except ValueError:
        return one.value


@resolves("Metafield", "compareDigest")
def compare_digest(one: Metafield, _: Info) -> str:
    return digest(one)


def digest(one: Metafield) -> str:
    """Another one for every change of the value or its type."""
    return hashlib.sha256(f"{one.id}\0{one.type}\0{one.value}".encode()).hexdigest()


@resolves("Metafield", "ownerType")
def owner_type(one: Metafield, _: Info) -> str:
    return type_of(one.owner)


@resolves("Metafield", "sizeInBytes")
def size(one: Metafield, _: Info) -> int:
    return len(one.value.encode())
