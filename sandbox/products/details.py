"""The fields of a product that do not concern its variants."""

from __future__ import annotations

from typing import Any

from sandbox.calls.errors import user_error
from sandbox.products.handles import free_handle, normalised
from sandbox.state.entities import Product
from sandbox.state.store import Store

LONGEST = 255
TAGS = 250
TEXTS = {"title": "Title", "handle": "Handle", "vendor": "Vendor", "productType": "Product type"}
PLAIN = {
    "descriptionHtml": "description_html",
    "giftCard": "is_gift_card",
    "productType": "product_type",
    "requiresSellingPlan": "requires_selling_plan",
    "status": "status",
    "title": "title",
    "vendor": "vendor",
}
"""Null leaves these as they are."""

Errors = list[dict[str, Any]]


def detail_errors(store: Store, given: dict[str, Any], product: Product | None, prefix: list[str]) -> Errors:
    """`prefix` is where the fields stand; a handle in use is always reported under `input`."""
    errors = []
    title = given.get("title")
    if ("title" in given or product is None) and not (title or "").strip():
        errors.append(user_error([*prefix, "title"], "Title can't be blank", "INVALID_INPUT"))
    for name, label in TEXTS.items():
        if len(given.get(name) or "") > LONGEST:
            message = f"{label} is too long (maximum is {LONGEST} characters)"
            errors.append(user_error([*prefix, name], message, "INVALID_INPUT"))
    if len(given.get("tags") or ()) > TAGS:
        message = f"Tags can't have more than {TAGS} values"
        errors.append(user_error([*prefix, "tags"], message, "INVALID_INPUT"))
    wanted = normalised(given.get("handle") or "")
    if wanted and store.handles.get(wanted, product) is not product:
        message = f"Handle '{given['handle']}' already in use. Please provide a new handle."
        errors.append(user_error(["input", "handle"], message, "HANDLE_NOT_UNIQUE"))
    return errors


def new_handle(store: Store, given: dict[str, Any]) -> str:
    """As given; else from the title, with a number if that is taken."""
    asked = given.get("handle") or ""
    if asked.strip():
        return free_handle(normalised(asked) or "product", store.handles)
    return free_handle(normalised(given["title"]) or "product", store.handles)


def create_product(store: Store, given: dict[str, Any]) -> Product:
    product = store.add_product(given["title"], new_handle(store, given), given.get("vendor"))
    apply_details(store, product, {**given, "handle": None}, product.created_at)
    return product


def apply_details(store: Store, product: Product, given: dict[str, Any], now: float) -> None:
    """What is not given stays."""
    store.index.changing(product)
    for name, attribute in PLAIN.items():
        if given.get(name) is not None:
            setattr(product, attribute, given[name])
    for name, attribute in (
        ("templateSuffix", "template_suffix"),
        ("giftCardTemplateSuffix", "gift_card_template_suffix"),
    ):
        if name in given:
            setattr(product, attribute, given[name])
    if given.get("handle") is not None:
        asked = normalised(given["handle"])
        derived = normalised(product.title) or "product"
        others = {handle for handle, one in store.handles.items() if one is not product} if not asked else ()
        store.set_handle(product, asked or free_handle(derived, others))
    if "tags" in given:
        product.tags = tags(given["tags"] or [])
    if given.get("seo"):
        product.seo_title = given["seo"].get("title", product.seo_title)
        product.seo_description = given["seo"].get("description", product.seo_description)
    for one in given.get("metafields") or ():
        store.set_metafield(product, one.get("namespace") or "custom", one["key"], one.get("type") or "", one["value"])
    product.updated_at = now


def tags(given: list[str]) -> list[str]:
    """Trimmed, split at commas, each once whatever its case, in alphabetical order."""
    found: dict[str, str] = {}
    for text in given:
        for tag in (part.strip() for part in text.split(",")):
            if tag:
                found.setdefault(tag.lower(), tag)
    return [found[key] for key in sorted(found)]
