"""Definitions of metafields: made, deleted, listed. What has one of type `id` is a custom id of its owner."""

from __future__ import annotations

from typing import Any

from sandbox.calls.call import Info
from sandbox.calls.errors import user_error
from sandbox.calls.resolvers import answers, resolves
from sandbox.lists.connections import Connection, paginate
from sandbox.metafields.owners import namespace_of
from sandbox.state.channels import MetafieldDefinition
from sandbox.state.entities import Metafield
from sandbox.state.gids import number
from sandbox.state.store import Store

Args = dict[str, Any]

LENGTHS = {"namespace": (3, 255), "key": (2, 64)}
CATEGORIES = {
    "boolean": "TRUE_FALSE", "color": "COLOR", "date": "DATE_TIME", "date_time": "DATE_TIME",
    "dimension": "MEASUREMENT", "id": "ID", "json": "JSON", "link": "LINK", "money": "MONEY",
    "multi_line_text_field": "TEXT", "number_decimal": "NUMBER", "number_integer": "NUMBER", "rating": "RATING",
    "rich_text_field": "TEXT", "single_line_text_field": "TEXT", "url": "URL", "volume": "MEASUREMENT",
    "weight": "MEASUREMENT",
}  # fmt: skip
OWNERS = {"PRODUCT": "Product", "PRODUCTVARIANT": "ProductVariant"}

answers("MetafieldDefinition", validationStatus="ALL_VALID", pinnedPosition=None)


@resolves("MetafieldDefinition", "type")
def type_of(one: MetafieldDefinition, _: Info) -> Args:
    return {"name": one.type_name, "category": CATEGORIES.get(one.type_name.removeprefix("list."), "TEXT")}


@resolves("MetafieldDefinition", "capabilities")
def capabilities(one: MetafieldDefinition, _: Info) -> Args:
    return {"uniqueValues": {"enabled": one.is_unique, "eligible": one.type_name in ("id", "single_line_text_field")}}


def _rows(store: Store, one: MetafieldDefinition) -> list[Metafield]:
    owners = store.products.values() if one.owner_type == "PRODUCT" else store.variants.values()
    place = (one.namespace, one.key)
    return [row for owner in owners for row in owner.metafields if (row.namespace, row.key) == place]


@resolves("MetafieldDefinition", "metafieldsCount")
def metafields_count(one: MetafieldDefinition, info: Info, **_: Any) -> int:
    return len(_rows(info.context.store, one))


@resolves("MetafieldDefinition", "metafields")
def metafields_of(one: MetafieldDefinition, info: Info, **args: Any) -> Connection:
    return paginate(_rows(info.context.store, one), args)


@resolves("Metafield", "definition")
def definition_of(one: Metafield, info: Info) -> MetafieldDefinition | None:
    owner = type(one.owner).__name__.upper()
    return info.context.store.definition(owner, one.namespace, one.key)


@resolves("QueryRoot", "metafieldDefinition")
def definition(_: Any, info: Info, **args: Any) -> MetafieldDefinition | None:
    store, identifier = info.context.store, args.get("identifier")
    if identifier is None:
        return store.definitions.get(number(args.get("id") or "", "MetafieldDefinition") or 0)
    return store.definition(identifier["ownerType"], namespace_of(identifier.get("namespace")), identifier["key"])


@resolves("QueryRoot", "metafieldDefinitions")
def definitions(_: Any, info: Info, **args: Any) -> Connection:
    found = [one for one in info.context.store.definitions.values() if one.owner_type == args["ownerType"]]
    if args.get("namespace"):
        found = [one for one in found if one.namespace == namespace_of(args["namespace"])]
    return paginate([one for one in found if args.get("key") in (None, one.key)], args)


@resolves("Mutation", "metafieldDefinitionCreate")
def create(_: Any, info: Info, **args: Any) -> Args:
    store, given = info.context.store, args["definition"]
    namespace = namespace_of(given.get("namespace"))
    is_id = given["type"] == "id"
    unique = ((given.get("capabilities") or {}).get("uniqueValues") or {}).get("enabled", is_id)
    if errors := _errors(store, given, namespace, unique=unique):
        return {"createdDefinition": None, "userErrors": errors}
    made = MetafieldDefinition(
        store.new_id("MetafieldDefinition"), given["ownerType"], namespace, given["key"], given["type"], given["name"],
        given.get("description"), given.get("validations") or [], unique,
    )  # fmt: skip
    store.definitions[made.id] = made
    return {"createdDefinition": made, "userErrors": []}


def _errors(store: Store, given: Args, namespace: str, *, unique: bool) -> list[Args]:
    errors = []
    for field, value in (("namespace", namespace), ("key", given["key"])):
        shortest, longest = LENGTHS[field]
        if len(value) < shortest:
            message = f"{field.capitalize()} is too short (minimum is {shortest} characters)"
            errors.append(user_error(["definition", field], message, "TOO_SHORT"))
        elif len(value) > longest:
            message = f"{field.capitalize()} is too long (maximum is {longest} characters)"
            errors.append(user_error(["definition", field], message, "TOO_LONG"))
    if given["type"].removeprefix("list.") not in CATEGORIES:
        message = f"Type name {given['type']} is not a valid type."
        errors.append(user_error(["definition", "type"], message, "INCLUSION"))
    if given["type"] == "id" and not unique:
        message = "Capability unique_values is required for type id but is disabled"
        errors.append(user_error(["definition"], message, "CAPABILITY_REQUIRED_BUT_DISABLED"))
    if store.definition(given["ownerType"], namespace, given["key"]):
        owner = OWNERS.get(given["ownerType"], given["ownerType"].capitalize())
        message = f"Key is in use for {owner} metafields on the '{namespace}' namespace."
        errors.append(user_error(["definition", "key"], message, "TAKEN"))
    return errors


@resolves("Mutation", "metafieldDefinitionDelete")
def delete(_: Any, info: Info, **args: Any) -> Args:
    """The metafields stay, unless they are asked to go as well."""
    store, found = info.context.store, definition(None, info, **args)
    if found is None:
        message = "Definition not found."
        errors = [user_error(["id"], message, "NOT_FOUND")]
        return {"deletedDefinitionId": None, "deletedDefinition": None, "userErrors": errors}
    del store.definitions[found.id]
    if args.get("deleteAllAssociatedMetafields"):
        for row in _rows(store, found):
            store.remove_metafield(row)
    return {
        "deletedDefinitionId": f"gid://shopify/MetafieldDefinition/{found.id}",
        "deletedDefinition": {"ownerType": found.owner_type, "namespace": found.namespace, "key": found.key},
        "userErrors": [],
    }
