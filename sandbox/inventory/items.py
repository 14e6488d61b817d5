"""The input of an inventory item, alone or as part of a variant's."""

from __future__ import annotations

from typing import Any

from sandbox.calls.errors import user_error
from sandbox.state.entities import InventoryItem
from sandbox.state.store import Store

PLAIN = {
    "countryCodeOfOrigin": "country_code_of_origin",
    "harmonizedSystemCode": "harmonized_system_code",
    "provinceCodeOfOrigin": "province_code_of_origin",
    "requiresShipping": "requires_shipping",
    "tracked": "tracked",
}
LONGEST_SKU = 255


def item_errors(given: dict[str, Any], where: list[str]) -> list[dict[str, Any]]:
    errors = []
    if given.get("cost") is not None and float(given["cost"]) < 0:
        message = "Unit cost must be greater than or equal to 0"
        errors.append(user_error([*where, "cost"], message, "GREATER_THAN_OR_EQUAL_TO"))
    if len(given.get("sku") or "") > LONGEST_SKU:
        message = f"SKU is too long (maximum is {LONGEST_SKU} characters)"
        errors.append(user_error([*where, "sku"], message, "TOO_LONG"))
    return errors


def apply_item(store: Store, item: InventoryItem, given: dict[str, Any], now: float) -> None:
    """What is not given stays."""
    for entity in (item, item.variant, item.variant.product):
        store.index.changing(entity)
    for name, attribute in PLAIN.items():
        if name in given and (given[name] is not None or attribute not in ("requires_shipping", "tracked")):
            setattr(item, attribute, given[name])
    if "sku" in given:
        store.set_sku(item, given["sku"])
    if "cost" in given:
        item.cost = None if given["cost"] is None else str(given["cost"])
    codes = given.get("countryHarmonizedSystemCodes")
    if codes is not None:
        item.country_codes = tuple((one["countryCode"], one["harmonizedSystemCode"]) for one in codes)
    weight = (given.get("measurement") or {}).get("weight")
    if weight:
        item.weight, item.weight_unit = weight["value"], weight["unit"]
    item.updated_at = now
    store.touch(item.variant, now)
