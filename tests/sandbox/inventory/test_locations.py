"""Locations: their names, addresses and number, and what closes them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest

from house.sandbox import Sandbox, running

KEYS = count(1)
ADD = """mutation ($input: LocationAddInput!) { locationAdd(input: $input) {
  location { id shipsInventory address { country province formatted } } userErrors { field message code } } }"""
CLOSE = """mutation ($id: ID!, $to: ID, $key: String!) {
  locationDeactivate(locationId: $id, destinationLocationId: $to) @idempotent(key: $key) {
    location { isActive deactivatedAt activatable deletable }
    locationDeactivateUserErrors { field message code } } }"""
OPEN = """mutation ($id: ID!, $key: String!) { locationActivate(locationId: $id) @idempotent(key: $key) {
  location { isActive } locationActivateUserErrors { field message code } } }"""
DELETE = """mutation ($id: ID!) { locationDelete(locationId: $id) {
  deletedLocationId locationDeleteUserErrors { field code } } }"""


@pytest.fixture
def shop() -> Iterator[Sandbox]:
    with running("--locations", "Main,Second", "--unlimited") as sandbox:
        yield sandbox


def add(shop: Sandbox, name: str, online: bool = False, **address: str) -> dict[str, Any]:
    given = {"name": name, "fulfillsOnlineOrders": online, "address": {"countryCode": "US", **address}}
    return dict(shop.data(ADD, {"input": given})["locationAdd"])


def close(shop: Sandbox, place: str, to: str | None = None) -> dict[str, Any]:
    variables = {"id": place, "to": to, "key": f"close {next(KEYS)}"}
    return dict(shop.data(CLOSE, variables)["locationDeactivate"])


def test_countries_and_provinces_have_names(shop: Sandbox) -> None:
    made = add(shop, "Boston", address1="1 Test St", city="Boston", provinceCode="MA", zip="02110")["location"]
    formatted = ["1 Test St", "Boston MA 02110", "United States"]
    assert made["address"] == {"country": "United States", "province": "Massachusetts", "formatted": formatted}
    assert made["shipsInventory"] is False
    made = add(shop, "London", countryCode="GB")["location"]
    assert made["address"] == {"country": "United Kingdom", "province": None, "formatted": ["United Kingdom"]}


def test_a_name_belongs_to_one_active_location(shop: Sandbox) -> None:
    first = add(shop, "Twin")["location"]["id"]
    taken = {"field": ["input", "name"], "message": "You already have a location with this name", "code": "TAKEN"}
    assert add(shop, "Twin")["userErrors"] == [taken]
    location = close(shop, first)["location"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", location.pop("deactivatedAt"))
    assert location == {"isActive": False, "activatable": True, "deletable": True}
    assert add(shop, "Twin")["userErrors"] == []
    payload = shop.data(OPEN, {"id": first, "key": "open"})["locationActivate"]
    message = "This location currently cannot be activated because there exists an active location with the same name."
    error = {"field": ["locationId"], "message": message, "code": "HAS_NON_UNIQUE_NAME"}
    assert payload == {"location": {"isActive": False}, "locationActivateUserErrors": [error]}


def test_a_shop_has_200_locations_at_most(shop: Sandbox) -> None:
    closed = add(shop, "Closed")["location"]["id"]
    close(shop, closed)
    for n in range(198):
        assert add(shop, f"Place {n}")["userErrors"] == []
    message = "You have reached the maximum number of locations (200)"
    assert add(shop, "One more")["userErrors"] == [{"field": ["input"], "message": message, "code": "INVALID"}]
    payload = shop.data(OPEN, {"id": closed, "key": "open"})["locationActivate"]
    error = {"field": ["locationId"], "message": "Shop has reached its location limit.", "code": "LOCATION_LIMIT"}
    assert payload["locationActivateUserErrors"] == [error]


def test_closing_says_what_is_wrong_with_the_destination(shop: Sandbox) -> None:
    place, closed = (add(shop, name)["location"]["id"] for name in ("Place", "Closed"))
    close(shop, closed)
    prefix = "Location could not be deactivated because the destination location"
    for to, code, reason in (
        (place, "DESTINATION_LOCATION_IS_THE_SAME_LOCATION", "cannot be set to the location to be deactivated."),
        (closed, "DESTINATION_LOCATION_NOT_FOUND_OR_INACTIVE", "could be not found or is inactive."),
    ):
        payload = close(shop, place, to)
        error = {"field": ["destinationLocationId"], "message": f"{prefix} {reason}", "code": code}
        assert payload["location"]["isActive"] is True
        assert payload["locationDeactivateUserErrors"] == [error]


def test_stock_and_the_last_online_location_hold_a_location_open(shop: Sandbox) -> None:
    shop.control("POST", "/products", {"products": [{"title": "One", "variants": [{"sku": "ONE", "available": 3}]}]})
    nodes = shop.data("{ locations(first: 2, sortKey: ID) { nodes { id } } }")["locations"]["nodes"]
    main, second = (node["id"] for node in nodes)
    message = (
        "Location could not be deactivated without specifying where to relocate inventory stocked at the location."
    )
    error = {"field": ["locationId"], "message": message, "code": "HAS_ACTIVE_INVENTORY_ERROR"}
    assert close(shop, main)["locationDeactivateUserErrors"] == [error]
    errors = shop.data(DELETE, {"id": main})["locationDelete"]["locationDeleteUserErrors"]
    assert [one["code"] for one in errors] == ["LOCATION_IS_ACTIVE", "LOCATION_HAS_INVENTORY"]
    add(shop, "Not online")
    assert close(shop, second)["locationDeactivateUserErrors"] == []
    (other,) = close(shop, main, add(shop, "Not online either")["location"]["id"])["locationDeactivateUserErrors"]
    assert (other["field"], other["code"]) == (["locationId"], "CANNOT_DISABLE_ONLINE_ORDER_FULFILLMENT")
