"""productSet: a whole product as it shall be, made or changed in one call."""

from __future__ import annotations

from typing import Any

from sandbox.calls.call import Call, Info
from sandbox.calls.errors import refused, user_error
from sandbox.calls.resolvers import resolves
from sandbox.clock import soon
from sandbox.inventory.batch import adjust
from sandbox.metafields.owners import checked_identifier, namespace_of
from sandbox.products.details import apply_details, create_product, image_errors, set_detail_errors
from sandbox.products.media import attach
from sandbox.products.memberships import membership_errors
from sandbox.state.entities import Product, ProductSetOperation, ProductVariant
from sandbox.state.gids import number
from sandbox.variants.input import Errors, apply_variant, stock_errors, stock_new, variant_errors
from sandbox.variants.matrix import Misfit, Names, combination, names_of, title, values_named
from sandbox.variants.options import option_errors

QUANTITIES = 50_000
CODES = {"NEED_TO_ADD_OPTION_VALUES": "OPTION_VALUES_MISSING"}
"""What productSet calls it, where variants' own mutations have another code."""
DEFAULT: list[dict[str, Any]] = [{"name": "Title", "values": [{"name": "Default Title"}]}]

Given = dict[str, Any]


@resolves("Mutation", "productSet")
def product_set(_: Any, info: Info, **args: Any) -> dict[str, Any]:
    """With `synchronous: false` the work is done in the background, and the operation is polled; not so in bulk."""
    call, store = info.context, info.context.store
    if call.is_bulk or args.get("synchronous", True):
        product, errors = perform(call, args["input"], args.get("identifier"))
        return {"product": product, "productSetOperation": None, "userErrors": errors}
    operation = ProductSetOperation(store.new_id("ProductOperation"), "CREATED")
    store.operations[operation.id] = operation

    def finish() -> None:
        operation.product, operation.user_errors = perform(call, args["input"], args.get("identifier"))
        operation.status = "COMPLETE"

    soon(finish)
    return {"product": None, "productSetOperation": operation, "userErrors": []}


def perform(call: Call, given: Given, identifier: Given | None) -> tuple[Product | None, Errors]:
    """The product, or everything that is wrong; then nothing was changed."""
    if identifier:
        identifier = checked_identifier(call.store, identifier)
    errors = _identity_errors(given, identifier)
    if errors:
        return None, errors
    product, errors = _found(call, given, identifier)
    if errors:
        return None, errors
    errors = set_detail_errors(call.store, given, product)
    errors += membership_errors(call.store, given, ["input"]) + _file_errors(call, given.get("files") or [])
    names: list[Names] = []
    if product is None and given.get("variants") == [] and given.get("productOptions") is None:
        given = {name: value for name, value in given.items() if name != "variants"}
    if given.get("productOptions") is not None or given.get("variants") is not None:
        names, more = _variant_names(call, given, product)
        errors += more
    if errors:
        return None, errors
    if product is None:
        product = create_product(call.store, given)
        given = {"productOptions": DEFAULT, **given}
        names = names or [("Default Title",)]
        given.setdefault("variants", [{}])
    else:
        apply_details(call.store, product, given, call.now)
    _keep_metafields(call, product, given, identifier)
    if given.get("files") is not None:
        _replace_files(call, product, given["files"])
    if given.get("variants") is not None:
        _replace(call, product, given, names)
    return product, []


def _keep_metafields(call: Call, product: Product, given: Given, identifier: Given | None) -> None:
    """A list that is given is the whole list; a custom id is set by being asked for."""
    custom = (identifier or {}).get("customId")
    if given.get("metafields") is not None:
        listed = {(namespace_of(one.get("namespace")), one["key"]) for one in given["metafields"]}
        for one in [one for one in product.metafields if (one.namespace, one.key) not in listed]:
            call.store.remove_metafield(one)
    if custom and call.store.identified(identifier or {}) is not product:
        call.store.set_metafield(product, custom["namespace"], custom["key"], "id", custom["value"])


def _file_errors(call: Call, files: list[Given]) -> Errors:
    errors: Errors = []
    for n, one in enumerate(files):
        where = ["input", "files", str(n)]
        if one.get("id") is None:
            errors += image_errors(one.get("originalSource"), where)
        elif call.store.image(one["id"]) is None:
            # No recording shows this refusal.
            errors.append(user_error([*where, "id"], "File does not exist", "NOT_FOUND"))
    return errors


def _replace_files(call: Call, product: Product, files: list[Given]) -> None:
    """Those with an id stay, or come from elsewhere in the shop; the others are fetched. What is not named leaves."""
    product.media.clear()
    for one in files:
        image = call.store.image(one.get("id") or "")
        if image is None:
            attach(call, product, one)
            continue
        image.alt = one.get("alt", image.alt)
        if image not in product.media:
            product.media.append(image)


def _identity_errors(given: Given, identifier: Given | None) -> Errors:
    identifier = identifier or {}
    if identifier and given.get("id"):
        message = "The id field is not allowed if identifier is provided."
        return [user_error(["input"], message, "ID_NOT_ALLOWED")]
    if "handle" in identifier and not given.get("handle"):
        message = "The input field corresponding to the identifier is required."
        return [user_error(["input"], message, "MISSING_FIELD_REQUIRED")]
    if "handle" in identifier and given["handle"] != identifier["handle"]:
        message = "The identifier value does not match the value of the corresponding field in the input."
        return [user_error(["input"], message, "INPUT_MISMATCH")]
    custom = identifier.get("customId")
    if custom and given.get("metafields") is not None:
        wanted = (custom["namespace"], custom["key"], custom["value"])
        places = [(namespace_of(one.get("namespace")), one["key"], one["value"]) for one in given["metafields"]]
        same = wanted in places
        if not same:
            message = "The identifier value does not match the value of the corresponding metafield in the input."
            return [user_error(["input", "metafields"], message, "METAFIELD_MISMATCH")]
    return []


def _found(call: Call, given: Given, identifier: Given | None) -> tuple[Product | None, Errors]:
    """An id must exist; a handle or a custom id may be new."""
    wanted = (identifier or {}).get("id") or given.get("id")
    if wanted:
        if number(wanted, "Product") is None:
            raise refused("invalid id", "RESOURCE_NOT_FOUND")
        product = call.store.product(wanted)
        gone = user_error(["input", "id"], "Product does not exist", "PRODUCT_DOES_NOT_EXIST")
        return product, [] if product else [gone]
    return (call.store.identified(identifier) if identifier else None), []


def _variant_names(call: Call, given: Given, product: Product | None) -> tuple[list[Names], Errors]:
    """The combination of every variant."""
    options, variants = given.get("productOptions"), given.get("variants")
    if options is not None and not variants:
        message = "Variants input is required when updating product options"
        return [], [user_error(["input", "variants"], message, "VARIANTS_INPUT_MISSING")]
    if options is None and product is not None:
        message = "Product options input is required when updating variants"
        return [], [user_error(["input", "productOptions"], message, "PRODUCT_OPTIONS_INPUT_MISSING")]
    errors = option_errors(options or DEFAULT, ["input", "productOptions"], "INVALID_INPUT")
    known = [(one.get("name") or "", number(one.get("id") or "", "ProductOption")) for one in options or DEFAULT]
    names: list[Names] = []
    total = 0
    for n, one in enumerate(variants or ()):
        where = ["input", "variants", str(n)]
        if one.get("id") is not None and (product is None or _own(call, product, one) is None):
            message = "Product variant does not exist"
            errors.append(user_error([*where, "id"], message, "PRODUCT_VARIANT_DOES_NOT_EXIST"))
        found = names_of(one["optionValues"], known)
        if isinstance(found, Misfit):
            place = found.where or ("optionValues",)
            errors.append(user_error([*where, *place], found.message, CODES.get(found.code, found.code)))
            found = ()
        elif found in names:
            message = f"The variant '{title(found)}' already exists. Please change at least one option value."
            errors.append(user_error(where, message, "INVALID_VARIANT"))
        names.append(found)
        errors += variant_errors(one, where) + stock_errors(call.store, one, title(found), where)
        total += len(one.get("inventoryQuantities") or ())
    if total > QUANTITIES:
        message = f"The total number of inventory quantities can't exceed {QUANTITIES}"
        errors.append(user_error(["input", "variants"], message, "INVENTORY_QUANTITIES_LIMIT_EXCEEDED"))
    return names, errors


def _own(call: Call, product: Product, given: Given) -> ProductVariant | None:
    variant = call.store.variant(given["id"])
    return variant if variant is not None and variant.product is product else None


def _replace(call: Call, product: Product, given: Given, names: list[Names]) -> None:
    """Variants match by id, else by their option values; the others are removed."""
    store = call.store
    by_names = {combination(variant.values): variant for variant in product.variants}
    by_id = {variant.id: variant for variant in product.variants}
    old_options = {option.name.lower(): option for option in product.options}
    product.options.clear()
    for one in given["productOptions"]:
        option = old_options.get(one["name"].lower())
        if option is None:
            option = store.add_option(product, one["name"], [])
        else:
            product.options.append(option)
        for value in one.get("values") or ():
            if option.value(value["name"]) is None:
                store.add_value(option, value["name"])
    kept: list[ProductVariant] = []
    for one, combined in zip(given["variants"], names, strict=True):
        variant = by_id.get(number(one.get("id") or "", "ProductVariant") or 0) or by_names.get(combined)
        values = values_named(store, product, combined)
        if variant is None or variant in kept:
            variant = store.add_variant(product, values)
            stock_new(store, variant, one)
        else:
            variant.values[:] = values
            _restock(call, variant, one)
        apply_variant(store, variant, one, call.now)
        kept.append(variant)
    for variant in [one for one in product.variants if one not in kept]:
        store.remove_variant(variant)
    product.variants[:] = kept
    for option in product.options:
        option.values[:] = [value for value in option.values if option.uses(value)]


def _restock(call: Call, variant: ProductVariant, given: Given) -> None:
    """Quantities of an existing variant change only where it is stocked."""
    for one in given.get("inventoryQuantities") or ():
        location = call.store.location(one["locationId"])
        level = variant.item.level(location) if location else None
        if level is not None:
            present = level.on_hand if one["name"] == "on_hand" else level.available
            adjust(call, level, one["quantity"] - present)
