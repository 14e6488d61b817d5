"""The input of a variant: prices, item, stock; the same in bulk mutations and in productSet."""

from __future__ import annotations

from typing import Any

from sandbox.calls.errors import user_error
from sandbox.inventory.items import apply_item, item_errors
from sandbox.inventory.quantities import SET_LIMIT as BILLION
from sandbox.state.entities import ProductVariant
from sandbox.state.store import Store

PRICE_LIMIT = 10**18
PLAIN = {
    "inventoryPolicy": "inventory_policy",
    "showUnitPrice": "show_unit_price",
    "taxCode": "tax_code",
    "taxable": "taxable",
}

Errors = list[dict[str, Any]]


def variant_errors(given: dict[str, Any], where: list[str]) -> Errors:
    errors = []
    for name in ("price", "compareAtPrice"):
        amount = None if given.get(name) is None else float(given[name])
        if amount is not None and amount >= PRICE_LIMIT:
            errors.append(user_error([*where, name], f"must be less than {PRICE_LIMIT}", "INVALID_INPUT"))
    if given.get("price") is not None and float(given["price"]) < 0:
        message = "Price must be greater than or equal to 0"
        errors.append(user_error([*where, "price"], message, "GREATER_THAN_OR_EQUAL_TO"))
    return errors + item_errors(given.get("inventoryItem") or {}, [*where, "inventoryItem"])


def stock_errors(store: Store, given: dict[str, Any], title: str, where: list[str]) -> Errors:
    """Of the quantities of the variant of this title."""
    quantities = given.get("inventoryQuantities") or ()
    place, prefix = [*where, "inventoryQuantities"], f"Quantity for {title or 'the variant'} couldn't be set because"
    errors = []
    if any(store.location(one["locationId"]) is None for one in quantities):
        message = f"{prefix} the location was deleted."
        errors.append(user_error(place, message, "TRACKED_VARIANT_LOCATION_NOT_FOUND"))
    if len({one["locationId"] for one in quantities}) != len(quantities):
        errors.append(user_error(place, f"{prefix} a location is there twice.", "INVALID_INPUT"))
    if any(abs(_units(one)) > BILLION for one in quantities):
        message = f"{prefix} the quantity needs to be between -1 billion and 1 billion."
        errors.append(user_error(place, message, "INVALID_INPUT"))
    return errors


def _units(given: dict[str, Any]) -> int:
    return int(given.get("availableQuantity", given.get("quantity", 0)))


def apply_variant(store: Store, variant: ProductVariant, given: dict[str, Any], now: float) -> None:
    """What is not given stays."""
    store.index.changing(variant)
    for name, attribute in PLAIN.items():
        if given.get(name) is not None:
            setattr(variant, attribute, given[name])
    if given.get("price") is not None:
        variant.price = money(given["price"])
    if "compareAtPrice" in given:
        amount = given["compareAtPrice"]
        variant.compare_at_price = None if amount is None else money(amount)
    if "barcode" in given:
        variant.barcode = given["barcode"] or None
    if given.get("unitPriceMeasurement") is not None:
        variant.unit_price = given["unitPriceMeasurement"]
    item = dict(given.get("inventoryItem") or {})
    if given.get("sku") is not None:
        item["sku"] = given["sku"]
    if item:
        apply_item(store, variant.item, item, now)
    for one in given.get("metafields") or ():
        store.set_metafield(variant, one.get("namespace") or "custom", one["key"], one.get("type") or "", one["value"])
    store.touch(variant, now)


def money(amount: Any) -> str:
    return f"{float(amount):.2f}"


def stock_new(store: Store, variant: ProductVariant, given: dict[str, Any]) -> None:
    """A new variant is stocked where quantities are given, else at the first location."""
    quantities = given.get("inventoryQuantities") or ()
    for one in quantities:
        location = store.location(one["locationId"])
        if location is not None:
            store.add_level(variant.item, location, _units(one))
    if not quantities:
        store.add_level(variant.item, store.default_location())
