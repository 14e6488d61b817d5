"""Where items are stocked: inventoryActivate, inventoryDeactivate, inventoryBulkToggleActivation."""

from __future__ import annotations

from typing import Any

from sandbox.calls.call import Call, Info
from sandbox.calls.directive import idempotent
from sandbox.calls.errors import user_error
from sandbox.calls.resolvers import resolves
from sandbox.inventory.batch import adjust
from sandbox.state.entities import InventoryItem, InventoryLevel, Location
from sandbox.state.gids import parse

NOT_STOCKED = "The product couldn't be stocked because the location wasn't found."
NO_ITEM = "The product couldn't be stocked because it wasn't found."
GONE = "The product couldn't be unstocked because the {} was deleted."
BILLION = 1_000_000_000

ONLY = "CANNOT_DEACTIVATE_FROM_ONLY_LOCATION"

Problem = tuple[str, str]
"""Message and code."""


@resolves("Mutation", "inventoryActivate")
@idempotent
def activate(_: Any, info: Info, **args: Any) -> dict[str, Any]:
    """Stock an item at a location. Without a quantity, an inactive level keeps what it had."""
    call = info.context
    item, location = call.store.item(args["inventoryItemId"]), call.store.location(args["locationId"])
    if item is None:
        return _activated(None, [user_error(["inventoryItemId"], NO_ITEM)])
    if location is None:
        return _activated(None, [user_error(["locationId"], NOT_STOCKED)])
    level = item.level(location)
    given = [name for name in ("available", "onHand") if args.get(name) is not None]
    if level and level.is_active and given:
        return _activated(level, [_already_active(name) for name in given])
    prefix = f"The product couldn't be stocked at {location.name} because"
    if len(given) == 2:
        message = f"{prefix} not allowed to set available and on_hand quantities at the same time."
        return _activated(None, [user_error([name], message) for name in given])
    if any(abs(args[name]) > BILLION for name in given):
        message = f"{prefix} the quantity needs to be between -1 billion and 1 billion."
        return _activated(None, [user_error(given, message)])
    level = call.store.keep_level(level or call.store.new_level(item, location))
    level.is_active = True
    level.updated_at = call.now
    for name in given:
        present = level.available if name == "available" else level.on_hand
        adjust(call, level, args[name] - present)
    return _activated(level, [])


def _already_active(name: str) -> dict[str, Any]:
    words = "available" if name == "available" else "an on_hand"
    message = f"Not allowed to set {words} quantity when the item is already active at the location."
    return user_error([name], message)


def _activated(level: InventoryLevel | None, errors: list[dict[str, Any]]) -> dict[str, Any]:
    return {"inventoryLevel": level, "userErrors": errors}


@resolves("Mutation", "inventoryDeactivate")
def deactivate(_: Any, info: Info, **args: Any) -> dict[str, Any]:
    """Whatever is committed, reserved or on its way there: only the last location cannot be left."""
    store, wanted = info.context.store, args["inventoryLevelId"]
    level = store.level(wanted)
    if level is None:
        parts = parse(wanted)
        known = parts is not None and parts[2] in store.items
        return {"userErrors": [user_error(None, GONE.format("location" if known else "product"))]}
    only = only_location(level)
    if only:
        return {"userErrors": [user_error(None, only[0])]}
    if level.is_active:
        level.is_active = False
        level.updated_at = info.context.now
    return {"userErrors": []}


def only_location(level: InventoryLevel) -> Problem | None:
    if any(one.is_active for one in level.item.levels if one is not level):
        return None
    message = "because products need to be stocked at a minimum of 1 location."
    return f"The product couldn't be unstocked from {level.location.name} {message}", ONLY


def obstacles(level: InventoryLevel) -> list[Problem]:
    """Why the item cannot be unstocked there."""
    prefix = f"The product couldn't be unstocked from {level.location.name} because"
    only = only_location(level)
    if only:
        return [only]
    return [
        (f"{prefix} it has {name} inventory at the location.", f"{name.upper()}_INVENTORY_AT_LOCATION")
        for name in ("committed", "incoming", "reserved")
        if level.quantity(name)
    ]


@resolves("Mutation", "inventoryBulkToggleActivation")
def toggle(_: Any, info: Info, **args: Any) -> dict[str, Any]:
    """All updates or none."""
    store = info.context.store
    item = store.item(args["inventoryItemId"])
    if item is None:
        message = "The inventory item couldn't be found."
        return _toggled(None, [], [user_error(["inventoryItemId"], message, "INVENTORY_ITEM_NOT_FOUND")])
    errors: list[dict[str, Any]] = []
    wanted: list[tuple[Location, bool]] = []
    for n, update in enumerate(args["inventoryItemUpdates"]):
        where = ["inventoryItemUpdates", str(n), "locationId"]
        location = store.location(update["locationId"])
        if location is None:
            code = "FAILED_TO_STOCK_AT_LOCATION" if update["activate"] else "LOCATION_NOT_FOUND"
            errors.append(user_error(where, NOT_STOCKED, code))
            continue
        wanted.append((location, update["activate"]))
        level = item.level(location)
        if level and level.is_active and not update["activate"]:
            errors += [user_error(where, *problem) for problem in obstacles(level)]
    kept = {level.location for level in item.levels if level.is_active}
    for location, on in wanted:
        kept = kept | {location} if on else kept - {location}
    if not errors and not kept:
        message = "The product couldn't be unstocked because products need to be stocked at a minimum of 1 location."
        where = ["inventoryItemUpdates", "0", "locationId"]
        errors.append(user_error(where, message, ONLY))
    if errors:
        return _toggled(item, [], errors)
    return _toggled(item, [_switch(info.context, item, location, on) for location, on in wanted], [])


def _switch(call: Call, item: InventoryItem, location: Location, on: bool) -> InventoryLevel:
    level = call.store.keep_level(item.level(location) or call.store.new_level(item, location))
    level.is_active = on
    level.updated_at = call.now
    return level


def _toggled(item: InventoryItem | None, levels: list[InventoryLevel], errors: list[dict[str, Any]]) -> dict[str, Any]:
    return {"inventoryItem": item, "inventoryLevels": None if errors else levels, "userErrors": errors}
