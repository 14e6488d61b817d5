"""Products: as queries see them; productCreate, productUpdate and productDelete."""

from __future__ import annotations

import re
from typing import Any

from sandbox.calls.call import Call, Info
from sandbox.calls.errors import bad_request, invalid_id, user_error
from sandbox.calls.resolvers import resolves
from sandbox.clock import soon
from sandbox.lists.connections import Connection, Key, by_number, by_place, paginate
from sandbox.lists.paging import counted, listed
from sandbox.metafields.owners import checked_identifier
from sandbox.products.details import apply_details, create_product, detail_errors, image_errors
from sandbox.products.media import attach
from sandbox.products.memberships import membership_errors
from sandbox.state.entities import Product, ProductDeleteOperation, ProductOption
from sandbox.state.gids import gid, number
from sandbox.variants.options import DELIMITER, create_option, option_errors

Args = dict[str, Any]

GONE = "Product does not exist"
ONE_OF = "{} must include exactly one of the following arguments: input, product."

PRODUCT_KEYS: dict[str, Key] = {
    "CREATED_AT": lambda one: (one.created_at, one.id),
    "INVENTORY_TOTAL": lambda one: (one.total_inventory, one.id),
    "PRODUCT_TYPE": lambda one: (one.product_type.lower(), one.id),
    "PUBLISHED_AT": lambda one: (one.published_at or 0.0, one.id),
    "TITLE": lambda one: (one.title.lower(), one.id),
    "UPDATED_AT": lambda one: (one.updated_at, one.id),
    "VENDOR": lambda one: (one.vendor.lower(), one.id),
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
    store = info.context.store
    return store.identified(checked_identifier(store, identifier))


@resolves("QueryRoot", "productOperation")
def product_operation(_: Any, info: Info, id: str) -> Any:
    return info.context.store.operation(id)


def _plain(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", html)).strip()


@resolves("Product", "description")
def description(one: Product, _: Info, **args: Any) -> str:
    return _plain(one.description_html)[: args.get("truncateAt")]


@resolves("Product", "bodyHtml")
def body_html(one: Product, _: Info) -> str:
    return one.description_html


@resolves("Product", "onlineStorePreviewUrl")
def preview_url(one: Product, info: Info) -> str:
    return f"https://{info.context.store.domain}/products_preview?preview_key={one.id:032x}"


@resolves("Product", "category")
def category(one: Product, _: Info) -> Args | None:
    return {"id": one.category} if one.category else None


@resolves("Product", "seo")
def seo(one: Product, _: Info) -> Args:
    return {"title": one.seo_title, "description": one.seo_description}


@resolves("Product", "options")
def options(one: Product, _: Info, first: int | None = None) -> list[ProductOption]:
    return one.options[:first]


@resolves("Product", "variants")
def variants(one: Product, _: Info, **args: Any) -> Connection:
    return paginate(one.variants, args, by_place(one.variants))


@resolves("Product", "variantsCount")
def count_of_variants(one: Product, _: Info) -> Args:
    return {"count": len(one.variants), "precision": "EXACT"}


@resolves("Product", "totalVariants")
def total_variants(one: Product, _: Info) -> int:
    return len(one.variants)


@resolves("Product", "hasOutOfStockVariants")
def out_of_stock(one: Product, _: Info) -> bool:
    return any(variant.item.tracked and variant.inventory_quantity <= 0 for variant in one.variants)


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


@resolves("Mutation", "productCreate")
def create(_: Any, info: Info, **args: Any) -> dict[str, Any]:
    """A product with its first variant, untracked and stocked at the first location."""
    call = info.context
    given = _given(args, "productCreate")
    if given.get("id") is not None:
        return {"product": None, "userErrors": [user_error(["input"], "id cannot be specified during creation")]}
    errors = detail_errors(call.store, given, None)
    if any(DELIMITER in (one.get("name") or "") for one in given.get("productOptions") or ()):
        errors.append(user_error(["options"], f'Name cannot contain the character sequence "{DELIMITER}"'))
    else:
        errors += option_errors(given.get("productOptions") or [], ["productOptions"])
    errors += membership_errors(call.store, given, []) + _media_errors(args)
    if errors:
        return {"product": None, "userErrors": errors}
    product = create_product(call.store, given)
    options = [
        create_option(call.store, product, one["name"], [value["name"] for value in one.get("values") or ()])
        for one in given.get("productOptions") or ()
    ] or [create_option(call.store, product, "Title", ["Default Title"])]
    variant = call.store.add_variant(product, [option.values[0] for option in options])
    call.store.add_level(variant.item, call.store.default_location())
    _attach_media(call, product, args)
    return {"product": product, "userErrors": []}


@resolves("Mutation", "productUpdate")
def update(_: Any, info: Info, **args: Any) -> dict[str, Any]:
    call = info.context
    given = _given(args, "productUpdate")
    product = _identified(call, given, args.get("identifier"))
    if product is None:
        return {"product": None, "userErrors": [user_error(["id"], GONE)]}
    errors = detail_errors(call.store, given, product) + membership_errors(call.store, given, []) + _media_errors(args)
    if not errors:
        apply_details(call.store, product, given, call.now)
        _attach_media(call, product, args)
    return {"product": product, "userErrors": errors}


def _given(args: dict[str, Any], name: str) -> dict[str, Any]:
    found = [args[one] for one in ("input", "product") if args.get(one) is not None]
    if len(found) != 1:
        raise bad_request(ONE_OF.format(name))
    given: dict[str, Any] = found[0]
    return given


def _identified(call: Call, given: dict[str, Any], identifier: dict[str, Any] | None) -> Product | None:
    if identifier is None:
        return call.store.product(given.get("id") or "")
    return call.store.identified(checked_identifier(call.store, identifier))


def _media_errors(args: dict[str, Any]) -> list[dict[str, Any]]:
    media = enumerate(args.get("media") or ())
    return [error for n, one in media for error in image_errors(one["originalSource"], ["media", str(n)])]


def _attach_media(call: Call, product: Product, args: dict[str, Any]) -> None:
    for one in args.get("media") or ():
        attach(call, product, one)


@resolves("Mutation", "productDelete")
def delete(_: Any, info: Info, **args: Any) -> dict[str, Any]:
    """In the background, if `synchronous` is false: the operation is polled then."""
    store, wanted = info.context.store, args["input"]["id"]
    if number(wanted, "Product") is None:
        raise invalid_id()
    product = store.product(wanted)
    if product is None:
        return {"deletedProductId": None, "userErrors": [user_error(["id"], GONE)]}
    if args.get("synchronous", True):
        store.remove_product(product)
        return {"deletedProductId": wanted, "userErrors": []}
    operation = ProductDeleteOperation(store.new_id("ProductOperation"), "CREATED")
    store.operations[operation.id] = operation

    def finish() -> None:
        if product.id in store.products:
            store.remove_product(product)
        operation.deleted_product_id = gid("Product", product.id)
        operation.status = "COMPLETE"

    soon(finish)
    return {"deletedProductId": None, "productDeleteOperation": operation, "userErrors": []}
