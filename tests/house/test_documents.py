"""What is refused is our document, or what came is no answer: no item is to blame, nothing is given up."""

from __future__ import annotations

from typing import Any

import pytest

from tests.house.house import House, Open

PRODUCTS = 100


@pytest.fixture
def full_house(open_house: Open) -> House:
    """100 products, one unit of each on the shelf, nothing pushed yet."""
    house = open_house("--products", str(PRODUCTS), "--variants-per-product", "1", "--unlimited")
    house.do(
        "insert into warehouse.shipment_items (shipment_id, product_id, location_id, status) "
        "select 1, id, 1, 'received' from warehouse.products"
    )
    return house


@pytest.mark.parametrize(
    ("withdrawn", "code", "named"),
    [
        ("InventorySetQuantitiesPayload.inventoryAdjustmentGroup", "undefinedField", "inventoryAdjustmentGroup"),
        ("InventoryQuantityInput.changeFromQuantity", "INVALID_VARIABLE", "quantities.0.changeFromQuantity"),
    ],
)
def test_a_document_that_is_refused_holds_its_kind_and_goes_on_by_itself(
    full_house: House, withdrawn: str, code: str, named: str
) -> None:
    house = full_house
    number = house.sandbox.fault("withdrawn", name=withdrawn)
    calls = house.sandbox.stats()["calls"]
    with house.runner():
        house.wait_until(lambda: house.value("select coalesce(max(probes), 0) from sync.circuits") >= 2, "two probes")
        (alert,) = house.rows("select * from sync.open_alerts where rule = 'document_refused'")
        assert alert["severity"] == "critical"
        for word in ("InventorySetQuantities", "2026-10", named):
            assert word in alert["message"]
        assert house.value("select count(*) from sync.pending") == PRODUCTS
        assert house.value("select count(*) from sync.refusals") == 0
        (circuit,) = house.rows("select kind, class, document from sync.circuits where state <> 'closed'")
        assert circuit == {"kind": "inventory", "class": code, "document": "InventorySetQuantities"}
        # One for each lane that was under way, and the probes.
        probes = house.value("select probes from sync.circuits")
        assert house.sandbox.stats()["calls"] - calls <= 5 + probes
        house.sandbox.control("DELETE", f"/faults/{number}")
        house.wait_quiet()
    assert house.offered() == house.shelf()
    assert house.rows("select rule from sync.open_alerts") == []


@pytest.mark.parametrize(
    "body",
    [
        {"data": {}},
        pytest.param({"data": {"inventorySetQuantities": None}}, marks=pytest.mark.long),
        pytest.param([], marks=pytest.mark.long),
    ],
)
def test_an_answer_of_another_shape_refuses_nothing(full_house: House, body: Any) -> None:
    house = full_house
    number = house.sandbox.fault("answer", operation="inventorySetQuantities", body=body)
    with house.runner():
        house.wait_until(lambda: bool(house.rows("select from sync.circuits where state <> 'closed'")), "the circuit")
        assert house.value("select class from sync.circuits") == "INCOMPLETE_ANSWER"
        assert house.value("select count(*) from sync.refusals") == 0
        assert house.value("select max(sends) from sync.requests") >= 1
        house.sandbox.control("DELETE", f"/faults/{number}")
        house.wait_quiet()
    assert house.offered() == house.shelf()
    assert house.sandbox.stats()["double_applied"] == 0
