"""productVariantsBulkCreate, productVariantsBulkUpdate and productVariantsBulkDelete."""

from __future__ import annotations

from typing import Any

from sandbox.calls.call import Call, Info
from sandbox.calls.errors import refused, user_error
from sandbox.calls.resolvers import resolves
from sandbox.inventory.batch import STALE, adjust
from sandbox.state.entities import InventoryLevel, Product, ProductVariant
from sandbox.variants.input import Errors, apply_variant, stock_errors, stock_new, variant_errors
from sandbox.variants.matrix import VARIANTS, Misfit, Names, combination, means, names_of, title, values_named

NO_PRODUCT = ("Product does not exist", "PRODUCT_DOES_NOT_EXIST")
NO_VARIANT = ("Product variant does not exist", "PRODUCT_VARIANT_DOES_NOT_EXIST")
NO_ID = ("Product variant is missing ID attribute", "PRODUCT_VARIANT_ID_MISSING")
NO_KEY = ("id cannot be specified during creation", "NO_KEY_ON_CREATE")
NO_QUANTITIES = (
    "Inventory quantities can only be provided during create. To update inventory for existing variants, use "
    "inventoryAdjustQuantities.",
    "NO_INVENTORY_QUANTITIES_ON_VARIANTS_UPDATE",
)


def _answer(product: Product | None, variants: list[ProductVariant] | None, errors: Errors) -> dict[str, Any]:
    return {"product": product, "productVariants": variants, "userErrors": errors}


@resolves("Mutation", "productVariantsBulkCreate")
def create(_: Any, info: Info, **args: Any) -> dict[str, Any]:
    """All or none. By default a lone `Default Title` variant makes room; a refusal shows no product."""
    call, given = info.context, args["variants"]
    product = call.store.product(args["productId"])
    if product is None:
        return _answer(None, [], [user_error(["productId"], *NO_PRODUCT)])
    if not given:
        return _answer(product, [], [])
    replaced = product.has_only_default_variant and args.get("strategy") != "PRESERVE_STANDALONE_VARIANT"
    replaced = replaced or (args.get("strategy") == "REMOVE_STANDALONE_VARIANT" and len(product.variants) == 1)
    kept = [] if replaced else product.variants
    errors: Errors = []
    wanted: list[Names] = []
    taken = {combination(variant.values) for variant in kept}
    options = [(option.name, option.id) for option in product.options]
    for n, one in enumerate(given):
        where = ["variants", str(n)]
        if one.get("id") is not None:
            errors.append(user_error([*where, "id"], *NO_KEY))
        names = names_of(one.get("optionValues") or [], options)
        if isinstance(names, Misfit):
            errors.append(user_error([*where, *names.where], names.message, names.code))
            names = ()
        elif names in taken:
            message = f"The variant '{title(names)}' already exists. Please change at least one option value."
            errors.append(user_error(where, message, "VARIANT_ALREADY_EXISTS_CHANGE_OPTION_VALUE"))
        else:
            taken.add(names)
            wanted.append(names)
        errors += variant_errors(one, where) + stock_errors(call.store, one, title(names), where)
    if len(taken) > VARIANTS:
        errors.append(user_error(["variants"], f"Exceeded {VARIANTS} variants per product", "INVALID_INPUT"))
    if errors:
        return _answer(None, [], errors)
    for variant in list(product.variants) if replaced else ():
        call.store.remove_variant(variant)
    made = [_create(call, product, names, one) for names, one in zip(wanted, given, strict=True)]
    return _answer(product, made, [])


def _create(call: Call, product: Product, names: Names, given: dict[str, Any]) -> ProductVariant:
    variant = call.store.add_variant(product, values_named(call.store, product, names))
    # Tracked unless the input says otherwise, where the variant of productCreate is not.
    variant.item.tracked = True
    apply_variant(call.store, variant, given, call.now)
    stock_new(call.store, variant, given)
    return variant


@resolves("Mutation", "productVariantsBulkUpdate")
def update(_: Any, info: Info, **args: Any) -> dict[str, Any]:
    """All or none, unless `allowPartialUpdates`. Errors come sorted by field and code."""
    call, given = info.context, args["variants"]
    product = call.store.product(args["productId"])
    if product is None:
        return _answer(None, None, [user_error(["productId"], *NO_PRODUCT)])
    partial = bool(args.get("allowPartialUpdates"))
    errors: Errors = []
    good: list[tuple[ProductVariant, dict[str, Any]]] = []
    named: list[ProductVariant] = []
    for n, one in enumerate(given):
        variant, own = _examined(call, product, one, ["variants", str(n)])
        errors += own
        if variant is not None:
            named.append(variant)
            if not own:
                good.append((variant, one))
    errors.sort(key=lambda error: (_sortable(error["field"]), error["code"]))
    if errors and not partial:
        return _answer(product, None, errors)
    for variant, one in good:
        apply_variant(call.store, variant, one, call.now)
        if one.get("optionValues"):
            options = [(option.name, option.id) for option in product.options]
            names = names_of(_completed(variant, one["optionValues"]), options)
            if not isinstance(names, Misfit):
                variant.values[:] = values_named(call.store, product, names)
        for adjustment in one.get("quantityAdjustments") or ():
            _adjust(call, variant, adjustment)
    return _answer(product, named, errors)


def _sortable(field: list[str]) -> list[tuple[int, str]]:
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in field]


def _examined(
    call: Call, product: Product, given: dict[str, Any], where: list[str]
) -> tuple[ProductVariant | None, Errors]:
    if given.get("id") is None:
        return None, [user_error([*where, "id"], *NO_ID)]
    variant = call.store.variant(given["id"])
    if variant is None or variant.product is not product:
        return None, [user_error([*where, "id"], *NO_VARIANT)]
    errors = variant_errors(given, where)
    if given.get("inventoryQuantities"):
        errors.append(user_error([*where, "inventoryQuantities"], *NO_QUANTITIES))
    if given.get("optionValues"):
        options = [(option.name, option.id) for option in product.options]
        names = names_of(given["optionValues"], options)
        if isinstance(names, Misfit) and names.code == "NEED_TO_ADD_OPTION_VALUES":
            names = names_of(_completed(variant, given["optionValues"]), options)
        if isinstance(names, Misfit):
            errors.append(user_error([*where, *names.where], names.message, names.code))
        elif any(combination(one.values) == names for one in product.variants if one is not variant):
            message = f"The variant '{title(names)}' already exists. Please change at least one option value."
            errors.append(user_error(where, message, "INVALID_INPUT"))
    for n, one in enumerate(given.get("quantityAdjustments") or ()):
        errors += _adjustment_errors(call, variant, one, [*where, "quantityAdjustments", str(n)])
    return variant, errors


def _completed(variant: ProductVariant, given: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Options that are not named keep their values."""
    options = [(value.option.name, value.option.id) for value in variant.values]
    named = {at for at, option in enumerate(options) if any(means(one, option) for one in given)}
    present = [{"optionName": value.option.name, "name": value.name} for value in variant.values]
    return [*given, *(one for at, one in enumerate(present) if at not in named)]


def _adjustment_errors(call: Call, variant: ProductVariant, given: dict[str, Any], where: list[str]) -> Errors:
    if "changeFromQuantity" not in given:
        message = "InventoryAdjustmentInput must include the following argument: changeFromQuantity."
        raise refused(message, "INVALID_FIELD_ARGUMENTS")
    location = call.store.location(given["locationId"])
    if location is None:
        message = "The specified location could not be found."
        return [user_error([*where, "locationId"], message, "INVALID_INPUT")]
    level = variant.item.level(location)
    expected = given["changeFromQuantity"]
    if expected is not None and expected != (level.available if level else 0):
        return [user_error([*where, "changeFromQuantity"], STALE[0], "INVALID_INPUT")]
    return []


def _adjust(call: Call, variant: ProductVariant, given: dict[str, Any]) -> None:
    """A null adjustment ends the stocking there."""
    location = call.store.location(given["locationId"])
    if location is None:
        return
    level: InventoryLevel = call.store.keep_level(
        variant.item.level(location) or call.store.new_level(variant.item, location)
    )
    level.is_active = given.get("adjustment") is not None
    adjust(call, level, given.get("adjustment") or 0)


@resolves("Mutation", "productVariantsBulkDelete")
def delete(_: Any, info: Info, **args: Any) -> dict[str, Any]:
    store = info.context.store
    product = store.product(args["productId"])
    if product is None:
        return {"product": None, "userErrors": [user_error(["productId"], *NO_PRODUCT)]}
    variants = [store.variant(one) for one in dict.fromkeys(args["variantsIds"])]
    errors = [
        user_error(
            ["variantsIds", str(n)],
            "At least one variant does not belong to the product",
            "AT_LEAST_ONE_VARIANT_DOES_NOT_BELONG_TO_THE_PRODUCT",
        )
        for n, variant in enumerate(variants)
        if variant is None or variant.product is not product
    ]
    if not errors and len(variants) == len(product.variants):
        errors = [user_error(None, "A product needs at least one variant", "CANNOT_DELETE_LAST_VARIANT")]
    if errors:
        return {"product": None, "userErrors": errors}
    for variant in variants:
        if variant is not None:
            store.remove_variant(variant)
    product.updated_at = info.context.now
    return {"product": product, "userErrors": []}
