"""A shop filled from a product CSV as Shopify exports it, now or before its columns got other names.

https://help.shopify.com/manual/products/import-export/using-csv
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from sandbox.inventory.items import LONGEST_SKU
from sandbox.opening.generator import VARIANTS_LIMIT
from sandbox.opening.sheet import OPTIONS, Row, rows
from sandbox.products.details import LONGEST, tags
from sandbox.products.handles import free_handle, normalised
from sandbox.state.entities import Product
from sandbox.state.store import Store

DEFAULT = "Default Title"


@dataclass(frozen=True)
class VariantRow:
    """A variant as its row has it: a value for each of the product's options, amounts with two decimals."""

    values: tuple[str, ...]
    sku: str | None
    barcode: str | None
    price: str
    compare_at_price: str | None
    cost: str | None
    inventory_policy: str
    taxable: bool
    tracked: bool
    requires_shipping: bool
    available: int


@dataclass(frozen=True)
class ProductRows:
    """A product as its rows have it; ``images`` are address and description."""

    handle: str
    title: str
    vendor: str
    product_type: str
    description_html: str
    tags: list[str]
    status: str
    is_published: bool
    seo_title: str | None
    seo_description: str | None
    is_gift_card: bool
    images: list[tuple[str, str | None]]
    options: list[str]
    variants: list[VariantRow]


def load(path: Path, store: Store, track_all: bool) -> None:
    """Every product of the file; stock goes to the shop's first location.

    Raises BadSpreadsheet before anything is added, if any line is wrong.
    """
    products = [_product(some) for some in _by_product(rows(path))]
    for product in products:
        _add(store, product, track_all)


def _by_product(found: Iterator[Row]) -> list[list[Row]]:
    """Rows of one handle are one product; a row that has only a title is one of its own."""
    products: dict[str | int, list[Row]] = {}
    for row in found:
        handle = row.text("URL handle", LONGEST)
        if not handle and not row.text("Title"):
            raise row.wrong("the row has neither a handle nor a Title")
        products.setdefault(handle or row.line, []).append(row)
    return list(products.values())


def _product(some: Sequence[Row]) -> ProductRows:
    first = some[0]
    title = first.text("Title", LONGEST)
    if not title:
        raise first.wrong("the product's first row has no Title")
    options = {n: name for n in OPTIONS if (name := first.text(f"Option{n} name", LONGEST))} or {1: "Title"}
    variants: dict[tuple[str, ...], VariantRow] = {}
    for row in some:
        if row is first or any(row.text(f"Option{n} value") for n in OPTIONS):
            variant = _variant(row, options)
            if variant.values in variants:
                raise row.wrong(f"the product has a variant {' / '.join(variant.values)!r} already")
            variants[variant.values] = variant
        elif row.text("SKU"):
            raise row.bad("SKU", "but the row has no option value: it is no variant")
    if len(variants) > VARIANTS_LIMIT:
        raise first.wrong(f"the product has {len(variants):,} variants, more than {VARIANTS_LIMIT:,}")
    return ProductRows(
        handle=normalised(first.text("URL handle")) or normalised(title) or "product",
        title=title,
        vendor=first.text("Vendor", LONGEST),
        product_type=first.text("Type", LONGEST),
        description_html=first.text("Description"),
        tags=tags([first.text("Tags")]),
        status=first.choice("Status", "ACTIVE", "DRAFT", "ARCHIVED", "UNLISTED"),
        is_published=first.is_true("Published on online store", default=True),
        seo_title=first.text("SEO title") or None,
        seo_description=first.text("SEO description") or None,
        is_gift_card=first.is_true("Gift card", default=False),
        images=[(url, row.text("Image alt text") or None) for row in some if (url := row.text("Product image URL"))],
        options=list(options.values()),
        variants=list(variants.values()),
    )


def _variant(row: Row, options: dict[int, str]) -> VariantRow:
    for n in OPTIONS:
        if n not in options and row.text(f"Option{n} value"):
            raise row.bad(f"Option{n} value", f"but the product's first row has no Option{n} name")
    return VariantRow(
        values=tuple(row.text(f"Option{n} value", LONGEST) or DEFAULT for n in options),
        sku=row.code("SKU", LONGEST_SKU),
        barcode=row.code("Barcode", LONGEST),
        price=row.price("Price") or "0.00",
        compare_at_price=row.price("Compare-at price"),
        cost=row.price("Cost per item"),
        inventory_policy=row.choice("Continue selling when out of stock", "DENY", "CONTINUE"),
        taxable=row.is_true("Charge tax", default=True),
        tracked=bool(row.text("Inventory tracker")),
        requires_shipping=row.is_true("Requires shipping", default=True),
        available=row.quantity("Inventory quantity"),
    )


def _add(store: Store, given: ProductRows, track_all: bool) -> None:
    product = store.add_product(given.title, free_handle(given.handle, store.handles), given.vendor)
    for name in (
        "product_type", "description_html", "tags", "status", "seo_title", "seo_description", "is_gift_card",
    ):  # fmt: skip
        setattr(product, name, getattr(given, name))
    product.published_at = product.created_at if given.is_published else None
    for url, alt in given.images:
        store.add_image(product, url, alt)
    for option in given.options:
        store.add_option(product, option, [])
    for variant in given.variants:
        _add_variant(store, product, variant, track_all)


def _add_variant(store: Store, product: Product, given: VariantRow, track_all: bool) -> None:
    values = [
        option.value(name) or store.add_value(option, name)
        for option, name in zip(product.options, given.values, strict=True)
    ]
    variant = store.add_variant(product, values, given.sku)
    for name in ("barcode", "price", "compare_at_price", "inventory_policy", "taxable"):
        setattr(variant, name, getattr(given, name))
    item = variant.item
    item.tracked = track_all or given.tracked
    item.requires_shipping = given.requires_shipping
    item.cost = given.cost
    for location in store.locations.values():
        store.add_level(item, location, given.available if location is store.default_location() else 0)
