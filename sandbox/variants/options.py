"""Options and their values: as queries see them; productOptionsCreate; what is wrong with new ones."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sandbox.calls.call import Info
from sandbox.calls.errors import user_error
from sandbox.calls.resolvers import resolves
from sandbox.state.entities import Product, ProductOption, ProductOptionValue
from sandbox.state.store import Store
from sandbox.variants.bulk import NO_PRODUCT

OPTIONS = 3
DELIMITER = " / "
"""Stands between the values in a variant's title, and so in no option's name."""
LONGEST = 255


@resolves("ProductOption", "values")
def value_names(option: ProductOption, _: Info) -> list[str]:
    return [value.name for value in option.values if option.uses(value)]


@resolves("ProductOption", "optionValues")
def option_values(option: ProductOption, _: Info) -> list[ProductOptionValue]:
    return option.values


@resolves("ProductOption", "position")
def option_position(option: ProductOption, _: Info) -> int:
    return option.product.options.index(option) + 1


@resolves("ProductOptionValue", "hasVariants")
def value_has_variants(value: ProductOptionValue, _: Info) -> bool:
    return value.option.uses(value)


@resolves("Mutation", "productOptionsCreate")
def create_options(_: Any, info: Info, **args: Any) -> dict[str, Any]:
    """New options; the variants there are get the first value of each. LEAVE_AS_IS makes no variants."""
    call, given = info.context, args["options"]
    product = call.store.product(args["productId"])
    if product is None:
        return {"product": None, "userErrors": [user_error(["productId"], *NO_PRODUCT)]}
    fresh = product.has_only_default_variant
    there = [] if fresh else product.options
    errors = option_errors(given, ["options"], "INVALID_NAME", [option.name for option in there])
    if errors:
        return {"product": product, "userErrors": errors}
    if fresh:
        product.options.clear()
        for variant in product.variants:
            variant.values.clear()
    for one in given:
        option = create_option(call.store, product, one["name"], [value["name"] for value in one.get("values") or ()])
        for variant in product.variants:
            variant.values.append(option.values[0])
    if args.get("variantStrategy") == "CREATE":
        call.store.fill_matrix(product)
    product.updated_at = call.now
    return {"product": product, "userErrors": []}


def option_errors(
    given: list[dict[str, Any]], prefix: list[str], bad_name: str = "INVALID_INPUT", there: Sequence[str] = ()
) -> list[dict[str, Any]]:
    """Of new options; `there` are the names of those the product has, `bad_name` is the code of an unfit one."""
    errors = []
    if len(given) + len(there) > OPTIONS:
        message = f"Can only specify a maximum of {OPTIONS} options"
        errors.append(user_error(prefix, message, "OPTIONS_OVER_LIMIT"))
    seen = {name.lower() for name in there}
    for n, one in enumerate(given):
        where, name = [*prefix, str(n)], one.get("name") or ""
        values = [value.get("name") or "" for value in one.get("values") or ()]
        if not name.strip():
            errors.append(user_error(where, "Each option must have a name specified", "OPTION_NAME_MISSING"))
        elif DELIMITER in name:
            message = f"The name contains unsupported sequence '{DELIMITER}'"
            errors.append(user_error([*where, "name"], message, bad_name))
        elif name.lower() in seen:
            code = "OPTION_ALREADY_EXISTS" if name in there else "DUPLICATED_OPTION_NAME"
            errors.append(user_error(where, f"Option '{name}' already exists.", code))
        if not values:
            message = f"Each option must have at least one option value specified: '{name}'"
            errors.append(user_error([*where, "values"], message, "OPTION_VALUES_MISSING"))
        if len({value.lower() for value in values}) != len(values):
            message = f"The values of option '{name}' are not unique"
            errors.append(user_error([*where, "values"], message, "DUPLICATED_OPTION_VALUE"))
        if any(len(value) > LONGEST for value in values):
            message = f"Option value name is too long (maximum is {LONGEST} characters)"
            errors.append(user_error([*where, "values"], message, "OPTION_VALUE_NAME_TOO_LONG"))
        seen.add(name.lower())
    return errors


def create_option(store: Store, product: Product, name: str, values: Iterable[str]) -> ProductOption:
    return store.add_option(product, name, list(dict.fromkeys(values)))
