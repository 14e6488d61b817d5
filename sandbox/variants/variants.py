"""Variants, options and metafields, as queries see them."""

from __future__ import annotations

import json
from typing import Any

from sandbox.calls.call import Info
from sandbox.calls.resolvers import resolves
from sandbox.lists.connections import Connection, paginate
from sandbox.state.entities import Metafield, Product, ProductOption, ProductOptionValue, ProductVariant

Args = dict[str, Any]


@resolves("ProductVariant", "sku")
def sku(variant: ProductVariant, _: Info) -> str | None:
    return variant.item.sku


@resolves("ProductVariant", "inventoryItem")
def item_of(variant: ProductVariant, _: Info) -> Any:
    return variant.item


@resolves("ProductVariant", "position")
def position(variant: ProductVariant, _: Info) -> int:
    return variant.product.variants.index(variant) + 1


@resolves("ProductVariant", "displayName")
def display_name(variant: ProductVariant, _: Info) -> str:
    return f"{variant.product.title} - {variant.title}"


@resolves("ProductVariant", "availableForSale")
def for_sale(variant: ProductVariant, _: Info) -> bool:
    return not variant.item.tracked or variant.inventory_policy == "CONTINUE" or variant.inventory_quantity > 0


@resolves("ProductVariant", "sellableOnlineQuantity")
def sellable(variant: ProductVariant, _: Info) -> int:
    return variant.inventory_quantity


@resolves("ProductVariant", "selectedOptions")
def selected_options(variant: ProductVariant, _: Info) -> list[Args]:
    return [
        {"name": option.name, "value": value.name, "optionValue": value}
        for option, value in zip(variant.product.options, variant.values, strict=True)
    ]


@resolves("ProductVariant", "unitPriceMeasurement")
def unit_price_measurement(variant: ProductVariant, _: Info) -> Args | None:
    return variant.unit_price


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


@resolves("Product", "metafield")
@resolves("ProductVariant", "metafield")
def metafield(owner: Any, _: Info, **args: Any) -> Metafield | None:
    namespace = args.get("namespace")
    matches = (one for one in owner.metafields if one.key == args["key"])
    return next((one for one in matches if namespace in (None, one.namespace)), None)


@resolves("Product", "metafields")
@resolves("ProductVariant", "metafields")
def metafields(owner: Any, _: Info, **args: Any) -> Connection:
    namespace, keys = args.get("namespace"), args.get("keys")
    rows = [one for one in owner.metafields if namespace in (None, one.namespace)]
    rows = [one for one in rows if keys is None or f"{one.namespace}.{one.key}" in keys]
    return paginate(rows, args)


@resolves("Metafield", "jsonValue")
def json_value(one: Metafield, _: Info) -> Any:
    try:
        return json.loads(one.value)
    except ValueError:
        return one.value


@resolves("Metafield", "ownerType")
def owner_type(one: Metafield, _: Info) -> str:
    return "PRODUCT" if isinstance(one.owner, Product) else "PRODUCTVARIANT"


@resolves("Metafield", "sizeInBytes")
def size(one: Metafield, _: Info) -> int:
    return len(one.value.encode())
