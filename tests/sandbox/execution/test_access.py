"""Which fields need which scope."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from house.sandbox import Sandbox, running


@pytest.fixture(scope="module")
def shop() -> Iterator[Sandbox]:
    with running("--scopes", "read_products,write_inventory") as sandbox:
        yield sandbox


def test_a_missing_scope_is_named_and_the_rest_is_answered(shop: Sandbox) -> None:
    body = shop.query("{ shop { name } locations(first: 1) { nodes { id } } }")
    error = body["errors"][0]
    required = "`read_locations` access scope."
    assert error["message"] == f"Access denied for locations field. Required access: {required}"
    assert error["path"] == ["locations"]
    assert error["extensions"]["code"] == "ACCESS_DENIED"
    assert error["extensions"]["requiredAccess"] == required


def test_writing_implies_reading(shop: Sandbox) -> None:
    assert shop.data("{ inventoryItems(first: 1) { nodes { id } } }") == {"inventoryItems": {"nodes": []}}
    denied = shop.query('mutation { locationDelete(locationId: "gid://shopify/Location/1") { deletedLocationId } }')
    assert denied["errors"][0]["extensions"]["requiredAccess"] == "`write_locations` access scope."
