"""Variants, as queries see them."""

from __future__ import annotations

from typing import Any

from sandbox.calls.call import Info
from sandbox.calls.errors import invalid_id
from sandbox.calls.resolvers import resolves
from sandbox.lists.connections import Connection, Key, by_number
from sandbox.lists.paging import counted, listed
from sandbox.state.entities import ProductVariant
from sandbox.state.gids import number

Args = dict[str, Any]

VARIANT_KEYS: dict[str, Key] = {
    "FULL_TITLE": lambda one: (f"{one.product.title} - {one.title}".lower(), one.id),
    "INVENTORY_QUANTITY": lambda one: (one.inventory_quantity, one.id),
    "SKU": lambda one: ((one.item.sku or "").lower(), one.id),
    "TITLE": lambda one: (one.title.lower(), one.id),
}


@resolves("QueryRoot", "productVariant")
def product_variant(_: Any, info: Info, id: str) -> ProductVariant | None:
    if number(id, "ProductVariant") is None:
        raise invalid_id()
    return info.context.store.variant(id)


@resolves("QueryRoot", "productVariants")
@resolves("Shop", "productVariants")
def product_variants(_: Any, info: Info, **args: Any) -> Connection:
    key = VARIANT_KEYS.get(args.get("sortKey") or "", by_number)
    return listed(info, ProductVariant, list(info.context.store.variants.values()), args, key)


@resolves("QueryRoot", "productVariantsCount")
def variants_count(_: Any, info: Info, **args: Any) -> Args:
    return counted(info, ProductVariant, list(info.context.store.variants.values()), args)


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
