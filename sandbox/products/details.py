"""The fields of a product that do not concern its variants."""

from __future__ import annotations

import re
from typing import Any

from sandbox.calls.errors import refused, user_error
from sandbox.metafields.owners import namespace_of
from sandbox.products.handles import free_handle, normalised
from sandbox.products.memberships import join_and_leave
from sandbox.state.entities import Product
from sandbox.state.store import Store

LONGEST = 255
TAGS = 250
TOO_LONG = f"is too long (maximum is {LONGEST} characters)"
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

VERTICALS = "aa|ae|ap|bi|bt|bu|co|el|fb|fr|gc|ha|hb|hg|lb|ma|me|na|os|pa|rc|se|sg|so|tg|vp"
CATEGORY = re.compile(rf"gid://shopify/TaxonomyCategory/(?:{VERTICALS})(?:-\d{{1,4}})*\Z")
"""The first level is Shopify's; below it any number is taken for a category."""
IMAGE = re.compile(r"https?://[^\s/]+\S*\Z", re.IGNORECASE)

Errors = list[dict[str, Any]]


def detail_errors(store: Store, given: dict[str, Any], product: Product | None) -> Errors:
    """As productCreate and productUpdate report them; a handle in use is always reported under `input`."""
    _check_category(given.get("category"))
    errors = []
    title = given.get("title")
    if ("title" in given or product is None) and not (title or "").strip():
        errors.append(user_error(["title"], "Title can't be blank", "INVALID_INPUT"))
    for name, label in TEXTS.items():
        if len(given.get(name) or "") > LONGEST:
            errors.append(user_error([name], f"{label} {TOO_LONG}", "INVALID_INPUT"))
    if len(given.get("productType") or "") > LONGEST:
        errors.append(user_error(["customProductType"], f"Custom product type {TOO_LONG}", "INVALID_INPUT"))
    wanted_tags = tags(given.get("tags") or [])
    if len(wanted_tags) > TAGS or any(len(tag) > LONGEST for tag in wanted_tags):
        errors.append(user_error(["tags"], "Product tags is invalid", "INVALID_INPUT"))
    wanted = normalised(given.get("handle") or "")
    if wanted and store.handles.get(wanted, product) is not product:
        message = f"Handle '{given['handle']}' already in use. Please provide a new handle."
        errors.append(user_error(["input", "handle"], message, "HANDLE_NOT_UNIQUE"))
    return errors


def set_detail_errors(store: Store, given: dict[str, Any], product: Product | None) -> Errors:
    """As productSet reports them: the title under its name, all else under `input`."""
    errors = detail_errors(store, given, product)
    for error in errors:
        if error["field"] == ["title"]:
            error["field"] = ["input", "title"]
            error["message"] = error["message"].replace("Title is too long", "is too long")
        elif error["field"] != ["input", "handle"]:
            error["field"] = ["input"]
    if not (given.get("handle") or "").strip() and len(given.get("title") or "") > LONGEST:
        errors.insert(1, user_error(["input"], f"Handle {TOO_LONG}", "INVALID_INPUT"))
    return errors


def _check_category(wanted: str | None) -> None:
    """Raises INVALID_PRODUCT_TAXONOMY_NODE_ID for what is in no branch of the taxonomy."""
    if wanted and not CATEGORY.match(wanted):
        raise refused("Invalid product_taxonomy_node_id", "INVALID_PRODUCT_TAXONOMY_NODE_ID")


def image_errors(source: str | None, where: list[str]) -> Errors:
    """Of the address that an image is to be fetched from."""
    if IMAGE.match(source or ""):
        return []
    return [user_error([*where, "originalSource"], "Image URL is invalid", "INVALID_INPUT")]


def new_handle(store: Store, given: dict[str, Any]) -> str:
    """As given; else from the title, with a number if that is taken."""
    asked = given.get("handle") or ""
    if asked.strip():
        return free_handle(normalised(asked) or "product", store.handles)
    return free_handle(normalised(given["title"]) or "product", store.handles)


def create_product(store: Store, given: dict[str, Any]) -> Product:
    product = store.add_product(given["title"], new_handle(store, given), given.get("vendor") or None)
    apply_details(store, product, {**given, "handle": None, "vendor": product.vendor}, product.created_at)
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
    if "category" in given:
        product.category = given["category"]
    if "tags" in given:
        product.tags = tags(given["tags"] or [])
    if given.get("seo"):
        product.seo_title = given["seo"].get("title", product.seo_title)
        product.seo_description = given["seo"].get("description", product.seo_description)
    for one in given.get("metafields") or ():
        namespace = namespace_of(one.get("namespace") or "custom")
        store.set_metafield(product, namespace, one["key"], one.get("type") or "", one["value"])
    join_and_leave(store, product, given)
    product.updated_at = now


def tags(given: list[str]) -> list[str]:
    """Trimmed, split at commas, each once whatever its case, in alphabetical order."""
    found: dict[str, str] = {}
    for text in given:
        for tag in (part.strip() for part in text.split(",")):
            if tag:
                found.setdefault(tag.lower(), tag)
    return [found[key] for key in sorted(found)]
