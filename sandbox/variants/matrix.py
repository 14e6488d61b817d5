"""The combinations of option values that are a product's variants."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sandbox.state.entities import Product, ProductOptionValue
from sandbox.state.store import Store

VARIANTS = 2048

Names = tuple[str, ...]
"""The value of each option, in the options' order."""


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
