"""Inventory items, levels, locations and groups of adjustments, as queries see them."""

from __future__ import annotations

from typing import Any

from sandbox.calls.call import Info
from sandbox.calls.errors import bad_request, invalid_id
from sandbox.calls.resolvers import answers, resolves
from sandbox.lists.connections import Connection, paginate
from sandbox.lists.paging import listed
from sandbox.state.adjustments import InventoryAdjustmentGroup, InventoryChange
from sandbox.state.entities import STATES, InventoryItem, InventoryLevel, Location
from sandbox.state.gids import gid, number

PROPERTIES = {
    "incoming": ("Incoming", (), ()),
    "on_hand": (
        "On hand",
        (),
        ("available", "committed", "damaged", "quality_control", "reserved", "safety_stock"),
    ),
    "available": ("Available", ("on_hand",), ()),
    "committed": ("Committed", ("on_hand",), ()),
    "reserved": ("Reserved", ("on_hand",), ()),
    "damaged": ("Damaged", ("on_hand",), ()),
    "safety_stock": ("Safety stock", ("on_hand",), ()),
    "quality_control": ("Quality control", ("on_hand",), ()),
}
"""Display name, what the quantity belongs to, what it comprises."""

Args = dict[str, Any]


def level_id(level: InventoryLevel) -> str:
    base = gid("InventoryLevel", level.location.level_number)
    return f"{base}?inventory_item_id={level.item.id}"


@resolves("QueryRoot", "inventoryItem")
def inventory_item(_: Any, info: Info, id: str) -> InventoryItem | None:
    if number(id, "InventoryItem") is None:
        raise invalid_id()
    return info.context.store.item(id)


@resolves("QueryRoot", "inventoryItems")
@resolves("Shop", "inventoryItems")
def inventory_items(_: Any, info: Info, **args: Any) -> Connection:
    return listed(info, InventoryItem, list(info.context.store.items.values()), args)


@resolves("QueryRoot", "inventoryLevel")
def inventory_level(_: Any, info: Info, id: str) -> InventoryLevel | None:
    return info.context.store.level(id)


@resolves("QueryRoot", "inventoryProperties")
def inventory_properties(*_: Any) -> Args:
    return {
        "quantityNames": [
            {
                "name": name,
                "displayName": display,
                "isInUse": True,
                "belongsTo": list(belongs),
                "comprises": list(comprises),
            }
            for name, (display, belongs, comprises) in PROPERTIES.items()
        ]
    }


def location_named(location: Location) -> tuple[str, int]:
    return location.name.lower(), location.id


@resolves("QueryRoot", "locations")
@resolves("Shop", "locations")
def locations(_: Any, info: Info, **args: Any) -> Connection:
    inactive = args.get("includeInactive")
    rows = [one for one in info.context.store.locations.values() if inactive or one.is_active]
    if args.get("sortKey") == "NAME":
        return listed(info, Location, rows, args, location_named)
    return listed(info, Location, rows, args)


@resolves("QueryRoot", "location")
def location(_: Any, info: Info, id: str | None = None) -> Location | None:
    store = info.context.store
    return store.default_location() if id is None else store.location(id)


answers("Location", addressVerified=False, isFulfillmentService=False, shipsInventory=True, activatable=True)


@resolves("Location", "isPrimary")
def is_primary(place: Location, info: Info) -> bool:
    return place is info.context.store.default_location()


@resolves("Location", "deactivatedAt")
def deactivated_at(place: Location, _: Info) -> str | None:
    return None if place.deactivated_at is None else str(place.deactivated_at)


@resolves("Location", "address")
def address(place: Location, _: Info) -> dict[str, Any]:
    known = place.address
    country = known.get("countryCode")
    shown = [known.get("address1"), known.get("city"), country]
    return {**known, "country": country, "formatted": [line for line in shown if line]}


@resolves("Location", "hasActiveInventory")
def has_active_inventory(place: Location, info: Info) -> bool:
    return any(one.location is place and one.is_active for one in info.context.store.levels())


@resolves("Location", "deactivatable", "deletable")
def removable(place: Location, info: Info) -> bool:
    return place is not info.context.store.default_location()


@resolves("Location", "inventoryLevel")
def level_here(place: Location, info: Info, **args: Any) -> InventoryLevel | None:
    item = info.context.store.item(args["inventoryItemId"])
    return _visible(item.level(place), args) if item else None


@resolves("Location", "inventoryLevels")
def levels_here(place: Location, info: Info, **args: Any) -> Connection:
    rows = [one for one in info.context.store.levels() if one.location is place and _visible(one, args)]
    return _levels(info, rows, args)


@resolves("InventoryItem", "inventoryLevels")
def levels_of(item: InventoryItem, info: Info, **args: Any) -> Connection:
    return _levels(info, [one for one in item.levels if _visible(one, args)], args)


def _levels(info: Info, rows: list[InventoryLevel], args: Args) -> Connection:
    return listed(info, InventoryLevel, rows, args, lambda level: (level.row, level.row))


@resolves("InventoryItem", "inventoryLevel")
def level_at(item: InventoryItem, info: Info, **args: Any) -> InventoryLevel | None:
    place = info.context.store.location(args["locationId"])
    return _visible(item.level(place), args) if place else None


def _visible(level: InventoryLevel | None, args: Args) -> InventoryLevel | None:
    """Inactive levels are shown on request only."""
    return level if level and (level.is_active or args.get("includeInactive")) else None


@resolves("InventoryLevel", "id")
def id_of_level(level: InventoryLevel, _: Info) -> str:
    return level_id(level)


@resolves("InventoryLevel", "canDeactivate")
def can_deactivate(level: InventoryLevel, _: Info) -> bool:
    others = any(one.is_active for one in level.item.levels if one is not level)
    return others and not any(level.quantity(name) for name in ("committed", "incoming", "reserved"))


@resolves("InventoryLevel", "quantities")
def quantities(level: InventoryLevel, _: Info, names: list[str]) -> list[Args]:
    for name in names:
        if name not in PROPERTIES:
            valid = ", ".join(sorted((*STATES, "on_hand")))
            raise bad_request(f"The quantity name '{name}' is invalid. Valid values are: {valid}.")
    return [
        {
            "id": f"gid://shopify/InventoryQuantity/{level.row}?name={name}",
            "name": name,
            "quantity": level.quantity(name),
            "updatedAt": level.changed_at(name),
        }
        for name in names
    ]


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


@resolves("InventoryAdjustmentGroup", "changes")
def changes(group: InventoryAdjustmentGroup, _: Info, **args: Any) -> list[InventoryChange]:
    wanted = (args.get("inventoryItemIds"), args.get("locationIds"), args.get("quantityNames"))
    return [
        one
        for one in group.changes()
        if (wanted[0] is None or gid("InventoryItem", one.item.id) in wanted[0])
        and (wanted[1] is None or gid("Location", one.location.id) in wanted[1])
        and (wanted[2] is None or one.name in wanted[2])
    ]


@resolves("InventoryAdjustmentGroup", "app")
def app_of_group(*_: Any) -> Args:
    return {"id": gid("App", 1), "title": "Sandbox", "handle": "sandbox", "apiKey": "sandbox"}
