"""productCreate, productUpdate, productDelete and productOptionsCreate."""

from __future__ import annotations

from typing import Any

from sandbox.calls.call import Call, Info
from sandbox.calls.errors import bad_request, invalid_id, user_error
from sandbox.calls.resolvers import resolves
from sandbox.clock import soon
from sandbox.products.details import apply_details, create_product, detail_errors
from sandbox.state.entities import Product, ProductDeleteOperation
from sandbox.state.gids import gid, number
from sandbox.variants.matrix import create_option, option_errors

GONE = "Product does not exist"
ONE_OF = "{} must include exactly one of the following arguments: input, product."


@resolves("Mutation", "productCreate")
def create(_: Any, info: Info, **args: Any) -> dict[str, Any]:
    """A product with its first variant, untracked and stocked at the first location."""
    call = info.context
    given = _given(args, "productCreate")
    errors = detail_errors(call.store, given, None, [])
    errors += option_errors(given.get("productOptions") or [], ["productOptions"])
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
    errors = detail_errors(call.store, given, product, [])
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
    return call.store.identified(identifier)


def _attach_media(call: Call, product: Product, args: dict[str, Any]) -> None:
    for one in args.get("media") or ():
        call.store.add_image(product, one["originalSource"], one.get("alt"))


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


@resolves("Mutation", "productOptionsCreate")
def create_options(_: Any, info: Info, **args: Any) -> dict[str, Any]:
    """New options; the variants there are get the first value of each. LEAVE_AS_IS makes no variants."""
    call, given = info.context, args["options"]
    product = call.store.product(args["productId"])
    if product is None:
        return {"product": None, "userErrors": [user_error(["productId"], GONE, "PRODUCT_DOES_NOT_EXIST")]}
    fresh = product.has_only_default_variant
    there = [] if fresh else product.options
    errors = option_errors(given, ["options"], [option.name for option in there])
    if errors:
        return {"product": product, "userErrors": errors}
    if fresh:
        product.options.clear()
        for variant in product.variants:
            variant.values.clear()
    for one in given:
        option = create_option(call.store, product, one["name"], [value["name"] for value in one.get("values") or ()])
        for variant in product.variants:
            variant.values.append(option.values[0])
    if args.get("variantStrategy") == "CREATE":
        call.store.fill_matrix(product)
    product.updated_at = call.now
    return {"product": product, "userErrors": []}
