"""The combinations of option values that are a product's variants."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from sandbox.state.entities import Product, ProductOptionValue
from sandbox.state.store import Store

VARIANTS = 2048

Names = tuple[str, ...]
"""The value of each option, in the options' order."""


class Misfit(NamedTuple):
    """Why a variant's option values are no combination, and where in the variant's input that stands."""

    message: str
    code: str
    where: tuple[str, ...] = ()


def names_of(given: list[dict[str, Any]], options: Sequence[tuple[str, int | None]]) -> Names | Misfit:
    """The value per option (name, number) that a variant's input names; else what is wrong with it."""
    found: dict[int, str] = {}
    for n, one in enumerate(given):
        position = next((at for at, option in enumerate(options) if means(one, option)), None)
        if position is None:
            return Misfit("Option does not exist", "OPTION_DOES_NOT_EXIST", ("optionValues", str(n)))
        if not one.get("name"):
            return Misfit("Option value does not exist", "OPTION_VALUE_DOES_NOT_EXIST", ("optionValues", str(n)))
        if position in found:
            message = f"Duplicated option name '{options[position][0]}'"
            return Misfit(message, "INVALID_INPUT", ("optionValues",))
        found[position] = one["name"]
    missing = [option[0] for at, option in enumerate(options) if at not in found]
    if missing:
        message = f"You need to add option values for {', '.join(missing)}"
        return Misfit(message, "NEED_TO_ADD_OPTION_VALUES")
    return tuple(found[at] for at in range(len(options)))


def means(given: dict[str, Any], option: tuple[str, int | None]) -> bool:
    """Whether an option value's input is of this option (name, number)."""
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
