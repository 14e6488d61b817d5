"""Inventory items: as queries see them, and their input, alone or as part of a variant's."""

from __future__ import annotations

import re
from typing import Any

from sandbox.calls.call import Info
from sandbox.calls.errors import invalid_id, user_error
from sandbox.calls.resolvers import resolves
from sandbox.lists.connections import Connection, paginate
from sandbox.lists.paging import listed
from sandbox.state.entities import InventoryItem
from sandbox.state.gids import gid, number
from sandbox.state.store import Store

PLAIN = {
    "countryCodeOfOrigin": "country_code_of_origin",
    "harmonizedSystemCode": "harmonized_system_code",
    "provinceCodeOfOrigin": "province_code_of_origin",
    "requiresShipping": "requires_shipping",
    "tracked": "tracked",
}
LONGEST_SKU = 255
HS_CODE = re.compile(r"\d{6,13}\Z")
UNITS = {"GRAMS": "g", "KILOGRAMS": "kg", "OUNCES": "oz", "POUNDS": "lb"}
NO_COUNTRY = "ZZ"
"""A member of CountryCode that is no country."""

Args = dict[str, Any]


@resolves("QueryRoot", "inventoryItem")
def inventory_item(_: Any, info: Info, id: str) -> InventoryItem | None:
    if number(id, "InventoryItem") is None:
        raise invalid_id()
    return info.context.store.item(id)


@resolves("QueryRoot", "inventoryItems")
@resolves("Shop", "inventoryItems")
def inventory_items(_: Any, info: Info, **args: Any) -> Connection:
    return listed(info, InventoryItem, list(info.context.store.items.values()), args)


@resolves("InventoryItem", "variants")
def variants_of_item(item: InventoryItem, _: Info, **args: Any) -> Connection:
    return paginate([item.variant], args)


@resolves("InventoryItem", "duplicateSkuCount")
def duplicates(item: InventoryItem, info: Info) -> int:
    return len(info.context.store.items_with_sku(item.sku)) - 1 if item.sku else 0


@resolves("InventoryItem", "locationsCount")
def places_of(item: InventoryItem, _: Info) -> Args:
    return {"count": sum(1 for level in item.levels if level.is_active), "precision": "EXACT"}


@resolves("InventoryItem", "measurement")
def measurement(item: InventoryItem, _: Info) -> Args:
    return {
        "id": gid("InventoryItemMeasurement", item.id),
        "weight": {"unit": item.weight_unit, "value": item.weight},
    }


@resolves("InventoryItem", "unitCost")
def unit_cost(item: InventoryItem, info: Info) -> Args | None:
    if item.cost is None:
        return None
    return {"amount": item.cost, "currencyCode": info.context.store.currency}


@resolves("InventoryItem", "countryHarmonizedSystemCodes")
def harmonized_codes(item: InventoryItem, _: Info, **args: Any) -> Connection:
    rows = [
        {"countryCode": country, "harmonizedSystemCode": code, "n": n}
        for n, (country, code) in enumerate(item.country_codes)
    ]
    return paginate(rows, args, lambda row: (row["n"], row["n"]))


@resolves("Mutation", "inventoryItemUpdate")
def update_item(_: Any, info: Info, **args: Any) -> dict[str, Any]:
    call = info.context
    item = call.store.item(args["id"])
    if item is None:
        message = "The product couldn't be updated because it does not exist."
        return {"inventoryItem": None, "userErrors": [user_error(["id"], message)]}
    errors = item_errors(args["input"], ["input"])
    if not errors:
        apply_item(call.store, item, args["input"], call.now)
    return {"inventoryItem": None if errors else item, "userErrors": errors}


def item_errors(given: dict[str, Any], where: list[str]) -> list[dict[str, Any]]:
    errors = []
    if given.get("cost") is not None and float(given["cost"]) < 0:
        message = "Cost must be greater than or equal to 0"
        errors.append(user_error([*where, "cost"], message, "GREATER_THAN_OR_EQUAL_TO"))
    weight = (given.get("measurement") or {}).get("weight")
    if weight and weight["value"] < 0:
        unit = UNITS[weight["unit"]]
        message = f"Measurement weight value {weight['value']:g} {unit} must be >= 0 {unit}"
        errors.append(user_error([*where, "measurement", "weight"], message, "GREATER_THAN_OR_EQUAL_TO"))
    if given.get("countryCodeOfOrigin") == NO_COUNTRY:
        message = "Country code of origin is invalid"
        errors.append(user_error([*where, "countryCodeOfOrigin"], message, "INVALID"))
    if given.get("harmonizedSystemCode") and not HS_CODE.match(given["harmonizedSystemCode"]):
        message = "Harmonized system code must be a number between six and thirteen digits"
        errors.append(user_error([*where, "harmonizedSystemCode"], message, "INVALID"))
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
