"""The filter fields of the `query:` argument, per type, as the schema's help texts list them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, NamedTuple

from sandbox.state.channels import Collection
from sandbox.state.entities import InventoryItem, InventoryLevel, Location, Product, ProductVariant
from sandbox.state.operations import BulkOperation

Kind = Literal["id", "word", "text", "list", "time", "number", "flag"]
"""How a value is compared: `word` whole, `text` by its words, `list` any member; never by case."""


class Searchable(NamedTuple):
    kind: Kind
    read: Callable[[Any], Any]


def _of_product(name: str) -> Searchable:
    kind, read = PRODUCT[name]
    return Searchable(kind, lambda variant: read(variant.product))


def _each(read: Callable[[ProductVariant], Any]) -> Callable[[Product], list[Any]]:
    return lambda product: [read(variant) for variant in product.variants]


PRODUCT: dict[str, Searchable] = {
    "barcode": Searchable("list", _each(lambda variant: variant.barcode)),
    "created_at": Searchable("time", lambda product: product.created_at),
    "gift_card": Searchable("flag", lambda product: product.is_gift_card),
    "handle": Searchable("word", lambda product: product.handle),
    "has_only_default_variant": Searchable("flag", lambda product: product.has_only_default_variant),
    "id": Searchable("id", lambda product: product.id),
    "inventory_total": Searchable("number", lambda product: product.total_inventory),
    "product_type": Searchable("word", lambda product: product.product_type),
    "published_at": Searchable("time", lambda product: product.published_at),
    "sku": Searchable("list", _each(lambda variant: variant.item.sku)),
    "status": Searchable("word", lambda product: product.status),
    "category_id": Searchable("word", lambda _: None),
    "collection_id": Searchable("id", lambda _: None),
    "tag": Searchable("list", lambda product: product.tags),
    "title": Searchable("text", lambda product: product.title),
    "tracks_inventory": Searchable("flag", lambda product: product.tracks_inventory),
    "updated_at": Searchable("time", lambda product: product.updated_at),
    "variant_id": Searchable("list", _each(lambda variant: variant.id)),
    "variant_title": Searchable("list", _each(lambda variant: variant.title)),
    "vendor": Searchable("text", lambda product: product.vendor),
    "": Searchable(
        "text",
        lambda product: " ".join(
            [product.title, product.vendor, product.product_type, *product.tags]
            + [variant.item.sku or "" for variant in product.variants]
        ),
    ),
}

VARIANT: dict[str, Searchable] = {
    "barcode": Searchable("word", lambda variant: variant.barcode),
    "gift_card": _of_product("gift_card"),
    "id": Searchable("id", lambda variant: variant.id),
    "inventory_quantity": Searchable("number", lambda variant: variant.inventory_quantity),
    "location_id": Searchable("list", lambda variant: [level.location.id for level in variant.item.levels]),
    "option1": Searchable("word", lambda variant: _option(variant, 0)),
    "option2": Searchable("word", lambda variant: _option(variant, 1)),
    "option3": Searchable("word", lambda variant: _option(variant, 2)),
    "product_id": Searchable("id", lambda variant: variant.product.id),
    "product_ids": Searchable("id", lambda variant: variant.product.id),
    "product_status": _of_product("status"),
    "product_type": _of_product("product_type"),
    "sku": Searchable("word", lambda variant: variant.item.sku),
    "tag": _of_product("tag"),
    "taxable": Searchable("flag", lambda variant: variant.taxable),
    "title": Searchable("text", lambda variant: f"{variant.product.title} {variant.title}"),
    "updated_at": Searchable("time", lambda variant: variant.updated_at),
    "vendor": _of_product("vendor"),
    "": Searchable("text", lambda variant: f"{variant.product.title} {variant.title} {variant.item.sku or ''}"),
}

ITEM: dict[str, Searchable] = {
    "created_at": Searchable("time", lambda item: item.created_at),
    "id": Searchable("id", lambda item: item.id),
    "sku": Searchable("word", lambda item: item.sku),
    "updated_at": Searchable("time", lambda item: item.updated_at),
    "": Searchable("word", lambda item: item.sku),
}

LEVEL: dict[str, Searchable] = {
    "created_at": Searchable("time", lambda level: level.created_at),
    "inventory_group_id": Searchable("id", lambda level: level.location.level_number),
    "inventory_item_id": Searchable("id", lambda level: level.item.id),
    "updated_at": Searchable("time", lambda level: level.updated_at),
}

COLLECTION: dict[str, Searchable] = {
    "collection_type": Searchable("word", lambda collection: "custom" if collection.tag is None else "smart"),
    "handle": Searchable("word", lambda collection: collection.handle),
    "id": Searchable("id", lambda collection: collection.id),
    "title": Searchable("text", lambda collection: collection.title),
    "updated_at": Searchable("time", lambda collection: collection.updated_at),
    "": Searchable("text", lambda collection: collection.title),
}

LOCATION: dict[str, Searchable] = {
    "active": Searchable("word", lambda location: "active" if location.is_active else "inactive"),
    "address1": Searchable("text", lambda location: location.address.get("address1")),
    "city": Searchable("text", lambda location: location.address.get("city")),
    "country": Searchable("text", lambda location: location.address.get("countryCode")),
    "created_at": Searchable("time", lambda location: location.created_at),
    "id": Searchable("id", lambda location: location.id),
    "location_id": Searchable("id", lambda location: location.id),
    "name": Searchable("text", lambda location: location.name),
    "zip": Searchable("word", lambda location: location.address.get("zip")),
    "": Searchable("text", lambda location: location.name),
}


OPERATION: dict[str, Searchable] = {
    "created_at": Searchable("time", lambda operation: operation.created_at),
    "id": Searchable("id", lambda operation: operation.id),
    "operation_type": Searchable("word", lambda operation: operation.type),
    "status": Searchable("word", lambda operation: operation.status),
}


def _option(variant: ProductVariant, position: int) -> str | None:
    return variant.values[position].name if position < len(variant.values) else None


FIELDS: dict[type, dict[str, Searchable]] = {
    Product: PRODUCT,
    ProductVariant: VARIANT,
    InventoryItem: ITEM,
    InventoryLevel: LEVEL,
    Location: LOCATION,
    Collection: COLLECTION,
    BulkOperation: OPERATION,
}
