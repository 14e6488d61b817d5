"""Products and variants, as queries see them."""

from __future__ import annotations

import json
import re
from typing import Any

from sandbox.call import Info
from sandbox.connections import Connection, Key, by_number, paginate
from sandbox.entities import (
    Location,
    MediaImage,
    Metafield,
    Product,
    ProductOption,
    ProductOptionValue,
    ProductVariant,
)
from sandbox.errors import invalid_id
from sandbox.fields import answers, resolves
from sandbox.gids import number
from sandbox.paging import counted, listed

Args = dict[str, Any]

PRODUCT_KEYS: dict[str, Key] = {
    "CREATED_AT": lambda one: (one.created_at, one.id),
    "INVENTORY_TOTAL": lambda one: (one.total_inventory, one.id),
    "PRODUCT_TYPE": lambda one: (one.product_type.lower(), one.id),
    "PUBLISHED_AT": lambda one: (one.published_at or 0.0, one.id),
    "TITLE": lambda one: (one.title.lower(), one.id),
    "UPDATED_AT": lambda one: (one.updated_at, one.id),
    "VENDOR": lambda one: (one.vendor.lower(), one.id),
}
VARIANT_KEYS: dict[str, Key] = {
    "FULL_TITLE": lambda one: (f"{one.product.title} - {one.title}".lower(), one.id),
    "INVENTORY_QUANTITY": lambda one: (one.inventory_quantity, one.id),
    "SKU": lambda one: ((one.item.sku or "").lower(), one.id),
    "TITLE": lambda one: (one.title.lower(), one.id),
}


@resolves("QueryRoot", "product")
def product(_: Any, info: Info, id: str) -> Product | None:
    if number(id, "Product") is None:
        raise invalid_id()
    return info.context.store.product(id)


@resolves("QueryRoot", "products")
@resolves("Shop", "products")
def products(_: Any, info: Info, **args: Any) -> Connection:
    key = PRODUCT_KEYS.get(args.get("sortKey") or "", by_number)
    return listed(info, Product, list(info.context.store.products.values()), args, key)


@resolves("QueryRoot", "productsCount")
def products_count(_: Any, info: Info, **args: Any) -> Args:
    return counted(info, Product, list(info.context.store.products.values()), args)


@resolves("QueryRoot", "productByIdentifier")
def product_by_identifier(_: Any, info: Info, identifier: Args) -> Product | None:
    return info.context.store.identified(identifier)


@resolves("QueryRoot", "productOperation")
def product_operation(_: Any, info: Info, id: str) -> Any:
    return info.context.store.operation(id)


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


@resolves("QueryRoot", "locationsCount")
def locations_count(_: Any, info: Info, **args: Any) -> Args:
    return counted(info, Location, list(info.context.store.locations.values()), args)


def _plain(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", html)).strip()


@resolves("Product", "description")
def description(one: Product, _: Info, **args: Any) -> str:
    return _plain(one.description_html)[: args.get("truncateAt")]


@resolves("Product", "bodyHtml")
def body_html(one: Product, _: Info) -> str:
    return one.description_html


@resolves("Product", "seo")
def seo(one: Product, _: Info) -> Args:
    return {"title": one.seo_title, "description": one.seo_description}


@resolves("Product", "options")
def options(one: Product, _: Info, first: int | None = None) -> list[ProductOption]:
    return one.options[:first]


@resolves("Product", "variants")
def variants(one: Product, _: Info, **args: Any) -> Connection:
    position = {id(variant): at for at, variant in enumerate(one.variants)}
    return paginate(one.variants, args, lambda variant: (position[id(variant)], variant.id))


@resolves("Product", "variantsCount")
def count_of_variants(one: Product, _: Info) -> Args:
    return {"count": len(one.variants), "precision": "EXACT"}


@resolves("Product", "totalVariants")
def total_variants(one: Product, _: Info) -> int:
    return len(one.variants)


@resolves("Product", "hasOutOfStockVariants")
def out_of_stock(one: Product, _: Info) -> bool:
    return any(variant.item.tracked and variant.inventory_quantity <= 0 for variant in one.variants)


@resolves("Product", "mediaCount")
def media_count(one: Product, _: Info) -> Args:
    return {"count": len(one.media), "precision": "EXACT"}


@resolves("Product", "media")
@resolves("ProductVariant", "media")
def media(one: Product | ProductVariant, _: Info, **args: Any) -> Connection:
    return paginate(one.media, args)


@resolves("Product", "featuredMedia")
def featured(one: Product, _: Info) -> MediaImage | None:
    return one.media[0] if one.media else None


@resolves("Product", "featuredImage")
@resolves("ProductVariant", "image")
def first_image(one: Product | ProductVariant, _: Info, **__: Any) -> Args | None:
    return image_of(one.media[0]) if one.media else None


@resolves("Product", "priceRangeV2", "priceRange", "compareAtPriceRange")
def price_range(one: Product, info: Info) -> Args | None:
    compared = info.field_name == "compareAtPriceRange"
    prices = [variant.compare_at_price if compared else variant.price for variant in one.variants]
    known = sorted((price for price in prices if price is not None), key=float)
    if not known:
        return None if compared else {"minVariantPrice": _money("0.0", info), "maxVariantPrice": _money("0.0", info)}
    names = (
        ("minVariantCompareAtPrice", "maxVariantCompareAtPrice")
        if compared
        else (
            "minVariantPrice",
            "maxVariantPrice",
        )
    )
    return {names[0]: _money(known[0], info), names[1]: _money(known[-1], info)}


def _money(amount: str, info: Info) -> Args:
    return {"amount": str(float(amount)), "currencyCode": info.context.store.currency}


answers("MediaImage", fileStatus="READY", status="READY", mediaContentType="IMAGE")


def image_of(one: MediaImage, *_: Any) -> Args:
    return {"id": None, "altText": one.alt, "url": one.url, "src": one.url, "originalSrc": one.url}


resolves("MediaImage", "image")(image_of)


@resolves("MediaImage", "preview")
def preview(one: MediaImage, _: Info) -> Args:
    return {"image": image_of(one), "status": "READY"}


@resolves("MediaImage", "updatedAt")
def media_updated(one: MediaImage, _: Info) -> float:
    return one.created_at


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
