"""A product's options and the combinations of their values that are its variants."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sandbox.calls.errors import user_error
from sandbox.state.entities import Product, ProductOption, ProductOptionValue
from sandbox.state.store import Store

OPTIONS = 3
VARIANTS = 2048
LONGEST = 255

Names = tuple[str, ...]
"""The value of each option, in the options' order."""


def option_errors(given: list[dict[str, Any]], prefix: list[str], there: Sequence[str] = ()) -> list[dict[str, Any]]:
    """Of new options; `there` are the names of those the product has."""
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


def names_of(given: list[dict[str, Any]], options: Sequence[tuple[str, int | None]]) -> Names | str:
    """The value per option (name, number) that a variant's input names; else what is wrong with it."""
    found: dict[int, str] = {}
    for one in given:
        position = next((at for at, option in enumerate(options) if _means(one, option)), None)
        if position is None:
            return "Option does not exist"
        if not one.get("name"):
            return "Option value does not exist"
        found[position] = one["name"]
    missing = [option[0] for at, option in enumerate(options) if at not in found]
    if missing:
        return f"You need to add option values for {', '.join(missing)}"
    return tuple(found[at] for at in range(len(options)))


def _means(given: dict[str, Any], option: tuple[str, int | None]) -> bool:
    name, number = option
    if given.get("optionName") is not None:
        return bool(given["optionName"].lower() == name.lower())
    return number is not None and str(given.get("optionId", "")).endswith(f"/{number}")


def values_named(store: Store, product: Product, names: Names) -> list[ProductOptionValue]:
    """The values of these names; those that are not there yet are added to their option."""
    return [
        option.value(name) or store.add_value(option, name) for option, name in zip(product.options, names, strict=True)
    ]


def combination(values: Iterable[ProductOptionValue]) -> Names:
    return tuple(value.name for value in values)


def title(names: Names) -> str:
    return " / ".join(names)
