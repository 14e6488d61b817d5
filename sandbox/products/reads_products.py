"""Products and variants, as queries see them."""

from __future__ import annotations

import re
from typing import Any

from sandbox.calls.call import Info
from sandbox.calls.errors import invalid_id
from sandbox.calls.resolvers import answers, resolves
from sandbox.lists.connections import Connection, Key, by_number, paginate
from sandbox.lists.paging import counted, listed
from sandbox.state.entities import (
    MediaImage,
    Product,
    ProductOption,
    ProductVariant,
)
from sandbox.state.gids import number

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
