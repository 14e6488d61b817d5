"""Locations: as queries see them; add, activate, deactivate, delete."""

from __future__ import annotations

from typing import Any

from sandbox.calls.call import Info
from sandbox.calls.directive import idempotent
from sandbox.calls.errors import user_error
from sandbox.calls.resolvers import answers, resolves
from sandbox.clock import iso
from sandbox.inventory.countries import country, province
from sandbox.lists.connections import Connection
from sandbox.lists.paging import counted, listed
from sandbox.state.entities import InventoryLevel, Location
from sandbox.state.store import Store

LIMIT = 200
LONGEST_NAME = 100
NOT_FOUND = ("Location not found.", "LOCATION_NOT_FOUND")

Args = dict[str, Any]


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


@resolves("QueryRoot", "locationsCount")
def locations_count(_: Any, info: Info, **args: Any) -> Args:
    return counted(info, Location, list(info.context.store.locations.values()), args)


answers("Location", addressVerified=False, isFulfillmentService=False)


@resolves("Location", "isPrimary")
def is_primary(place: Location, info: Info) -> bool:
    return place is info.context.store.default_location()


@resolves("Location", "deactivatedAt")
def deactivated_at(place: Location, _: Info) -> str | None:
    return None if place.deactivated_at is None else iso(place.deactivated_at)


@resolves("Location", "address")
def address(place: Location, _: Info) -> dict[str, Any]:
    known = place.address
    land = country(known.get("countryCode"))
    city = " ".join(filter(None, (known.get(name) for name in ("city", "provinceCode", "zip"))))
    shown = [known.get("address1"), known.get("address2"), city, land]
    return {
        **known,
        "country": land,
        "province": province(known.get("countryCode"), known.get("provinceCode")),
        "formatted": [line for line in shown if line],
    }


@resolves("Location", "hasActiveInventory")
def has_active_inventory(place: Location, info: Info) -> bool:
    return any(one.location is place and one.is_active for one in info.context.store.levels())


@resolves("Location", "activatable")
def activatable(place: Location, info: Info) -> bool:
    return place.is_active or not _namesake(info.context.store, place.name)


@resolves("Location", "deactivatable")
def deactivatable(place: Location, info: Info) -> bool:
    return place is not info.context.store.default_location()


@resolves("Location", "deletable")
def deletable(place: Location, _: Info) -> bool:
    return not place.is_active


def _namesake(store: Store, name: str) -> bool:
    """Whether an active location has the name; inactive ones may share it."""
    return any(one.is_active and one.name == name for one in store.locations.values())


def _full(store: Store) -> bool:
    return sum(one.is_active for one in store.locations.values()) >= LIMIT


@resolves("Mutation", "locationAdd")
def add(_: Any, info: Info, input: dict[str, Any]) -> dict[str, Any]:
    name = input["name"].strip()
    problem = None
    if not name:
        problem = ("Add a location name", "BLANK")
    elif len(name) > LONGEST_NAME:
        problem = (f"Use a shorter location name (up to {LONGEST_NAME} characters)", "TOO_LONG")
    elif _namesake(info.context.store, name):
        problem = ("You already have a location with this name", "TAKEN")
    if problem:
        return {"location": None, "userErrors": [user_error(["input", "name"], *problem)]}
    if _full(info.context.store):
        message = f"You have reached the maximum number of locations ({LIMIT})"
        return {"location": None, "userErrors": [user_error(["input"], message, "INVALID")]}
    address = {key: value for key, value in input["address"].items() if value is not None}
    online = bool(input.get("fulfillsOnlineOrders", True))
    made = info.context.store.add_location(name, address, online)
    made.ships_inventory = False
    return {"location": made, "userErrors": []}


@resolves("Mutation", "locationActivate")
@idempotent
def activate(_: Any, info: Info, **args: Any) -> dict[str, Any]:
    store = info.context.store
    location = store.location(args["locationId"])
    problem = None
    if location is None:
        problem = NOT_FOUND
    elif not location.is_active:
        if _full(store):
            problem = ("Shop has reached its location limit.", "LOCATION_LIMIT")
        elif _namesake(store, location.name):
            message = "This location currently cannot be activated because there exists an active location with the "
            problem = (f"{message}same name.", "HAS_NON_UNIQUE_NAME")
        else:
            location.deactivated_at = None
            location.updated_at = info.context.now
    return _answer(location, "locationActivateUserErrors", problem)


@resolves("Mutation", "locationDeactivate")
@idempotent
def deactivate(_: Any, info: Info, **args: Any) -> dict[str, Any]:
    """Stock goes along to the destination, if one is named."""
    store = info.context.store
    location = store.location(args["locationId"])
    if location is None:
        return _answer(None, "locationDeactivateUserErrors", NOT_FOUND)
    destination, problem = None, None
    if args.get("destinationLocationId") is not None:
        destination = store.location(args["destinationLocationId"])
        problem = _no_destination(location, destination)
        if problem:
            error = user_error(["destinationLocationId"], *problem)
            return {"location": location, "locationDeactivateUserErrors": [error]}
    stocked = [level for level in store.levels() if level.location is location and level.is_active]
    if problem is None and destination is None and any(level.on_hand for level in stocked):
        message = "Location could not be deactivated without specifying where to relocate inventory stocked at the "
        message += "location."
        problem = (message, "HAS_ACTIVE_INVENTORY_ERROR")
    others = [one for one in store.locations.values() if one.is_active and one is not location]
    if problem is None and not others:
        message = "Location could not be deactivated because it either has a fulfillment service or is the only "
        message += "location with a shipping address."
        problem = (message, "PERMANENTLY_BLOCKED_FROM_DEACTIVATION_ERROR")
    if problem is None and location.fulfills_online_orders and not any(one.fulfills_online_orders for one in others):
        message = "At least one location must fulfill online orders."
        problem = (message, "CANNOT_DISABLE_ONLINE_ORDER_FULFILLMENT")
    if problem is None:
        for level in stocked:
            _relocate(store, level, destination, info.context.now)
        location.deactivated_at = location.updated_at = info.context.now
    return _answer(location, "locationDeactivateUserErrors", problem)


def _no_destination(location: Location, destination: Location | None) -> tuple[str, str] | None:
    prefix = "Location could not be deactivated because the destination location"
    if destination is location:
        message = f"{prefix} cannot be set to the location to be deactivated."
        return message, "DESTINATION_LOCATION_IS_THE_SAME_LOCATION"
    if destination is None or not destination.is_active:
        message = f"{prefix} could be not found or is inactive."
        return message, "DESTINATION_LOCATION_NOT_FOUND_OR_INACTIVE"
    return None


def _relocate(store: Store, level: InventoryLevel, destination: Location | None, now: float) -> None:
    if destination is not None:
        target = store.keep_level(level.item.level(destination) or store.new_level(level.item, destination))
        for name in ("available", *(level.others or {})):
            quantity = level.quantity(name)
            if quantity:
                target.change(name, quantity, now)
                level.change(name, -quantity, now)
    level.is_active = False


@resolves("Mutation", "locationDelete")
def delete(_: Any, info: Info, **args: Any) -> dict[str, Any]:
    store = info.context.store
    location = store.location(args["locationId"])
    problems = []
    if location is None:
        problems.append(NOT_FOUND)
    else:
        if location.is_active:
            problems.append(("The location cannot be deleted while it is active.", "LOCATION_IS_ACTIVE"))
        if any(level.location is location and level.on_hand for level in store.levels()):
            problems.append(("The location cannot be deleted while it has inventory.", "LOCATION_HAS_INVENTORY"))
    if location is None or problems:
        errors = [user_error(["locationId"], *problem) for problem in problems]
        return {"deletedLocationId": None, "locationDeleteUserErrors": errors}
    for item in store.items.values():
        item.levels[:] = [level for level in item.levels if level.location is not location]
    del store.locations[location.id]
    return {"deletedLocationId": args["locationId"], "locationDeleteUserErrors": []}


def _answer(location: Location | None, name: str, problem: tuple[str, str] | None) -> dict[str, Any]:
    return {"location": location, name: [user_error(["locationId"], *problem)] if problem else []}
