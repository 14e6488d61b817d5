"""Levels and their quantities, as queries see them."""

from __future__ import annotations

from typing import Any

from sandbox.calls.call import Info
from sandbox.calls.errors import bad_request
from sandbox.calls.resolvers import resolves
from sandbox.lists.connections import Connection
from sandbox.lists.paging import listed
from sandbox.state.entities import STATES, InventoryItem, InventoryLevel, Location
from sandbox.state.gids import gid

PROPERTIES = {
    "available": ("Available", ("on_hand",), ()),
    "committed": ("Committed", ("on_hand",), ()),
    "damaged": ("Damaged", ("on_hand",), ()),
    "incoming": ("Incoming", (), ()),
    "on_hand": (
        "On hand",
        (),
        ("available", "committed", "damaged", "quality_control", "reserved", "safety_stock"),
    ),
    "quality_control": ("Quality control", ("on_hand",), ()),
    "reserved": ("Reserved", ("on_hand",), ()),
    "safety_stock": ("Safety stock", ("on_hand",), ()),
}
"""Display name, what the quantity belongs to, what it comprises."""

Args = dict[str, Any]


def level_id(level: InventoryLevel) -> str:
    base = gid("InventoryLevel", level.location.level_number)
    return f"{base}?inventory_item_id={level.item.id}"


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
