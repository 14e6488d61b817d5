"""What people type into the forms of a product and of a variant: shown, judged by the API's rules, and kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

from starlette.requests import Request

from sandbox.control.forms import BadForm
from sandbox.execution.scalars import DECIMAL
from sandbox.state.entities import Product, ProductVariant

Texts = dict[str, str]
"""By the API's name of a field."""

PRODUCT: dict[str, Callable[[Product], str]] = {
    "title": lambda one: one.title,
    "descriptionHtml": lambda one: one.description_html,
    "productType": lambda one: one.product_type,
    "vendor": lambda one: one.vendor,
    "tags": lambda one: ", ".join(one.tags),
    "status": lambda one: one.status,
    "handle": lambda one: one.handle,
    "seoTitle": lambda one: one.seo_title or "",
    "seoDescription": lambda one: one.seo_description or "",
}
VARIANT: dict[str, Callable[[ProductVariant], str]] = {
    "price": lambda one: one.price,
    "compareAtPrice": lambda one: one.compare_at_price or "",
    "sku": lambda one: one.item.sku or "",
    "barcode": lambda one: one.barcode or "",
}
PRICES = ("price", "compareAtPrice")
WAS = "was-"
"""Before the name of a hidden field with what the page showed: as in the admin, only what was changed there is
written, whatever has become of the other fields meanwhile."""


def texts_of(fields: Mapping[str, Callable[[Any], str]], one: Any) -> Texts:
    return {name: read(one) for name, read in fields.items()}


class Edit(NamedTuple):
    """What a form held when it was sent, and when it was shown."""

    typed: Texts
    was: Texts

    @property
    def changed(self) -> Texts:
        return {name: text for name, text in self.typed.items() if text != self.was[name]}


async def read_edit(request: Request, present: Texts) -> Edit:
    """Fields that are not in the form stay as they are. Raises BadForm."""
    if not request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        raise BadForm("the body is not a form")
    try:
        pairs = parse_qsl((await request.body()).decode(), keep_blank_values=True)
    except UnicodeDecodeError:
        raise BadForm("the body is not UTF-8 text") from None
    # Browsers end the lines of a form with CR LF, whatever they were shown.
    given = {name: value.replace("\r\n", "\n") for name, value in pairs}
    for name in given:
        if name.removeprefix(WAS) not in present:
            raise BadForm(f"{name}: unknown; known are {', '.join(present)}")
    was = {name: given.get(WAS + name, text.replace("\r\n", "\n")) for name, text in present.items()}
    return Edit({name: given.get(name, text) for name, text in was.items()}, was)


def product_input(changed: Texts) -> dict[str, Any]:
    """As productUpdate takes it."""
    seo = {
        name: changed[key] or None
        for key, name in (("seoTitle", "title"), ("seoDescription", "description"))
        if key in changed
    }
    given: dict[str, Any] = {name: value for name, value in changed.items() if not name.startswith("seo")}
    if "tags" in changed:
        given["tags"] = [changed["tags"]]
    return {**given, "seo": seo} if seo else given


def variant_input(changed: Texts) -> dict[str, Any]:
    """As productVariantsBulkUpdate takes it; no price at all is no compare-at price."""
    given: dict[str, Any] = {name: changed[name].strip() for name in PRICES if name in changed}
    if given.get("compareAtPrice") == "":
        given["compareAtPrice"] = None
    if "barcode" in changed:
        given["barcode"] = changed["barcode"]
    if "sku" in changed:
        given["inventoryItem"] = {"sku": changed["sku"]}
    return given


def price_errors(given: dict[str, Any]) -> Texts:
    """Of what the API would not take for a price at all."""
    return {
        name: "Not a price such as 19.90"
        for name in PRICES
        if given.get(name) is not None and not DECIMAL.match(given[name])
    }


def by_field(errors: list[dict[str, Any]]) -> Texts:
    """The API's user errors, by the last part of their field."""
    return {error["field"][-1]: error["message"] for error in reversed(errors)}
