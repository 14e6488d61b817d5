"""What an error in an answer means: the shop's, the document's, an entry's, or the answer's own. Texts as recorded."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from runner.errors import (
    DocumentRefused,
    LostAnswer,
    RequestRefused,
    ServerFault,
    ShopifyError,
    ShopRefused,
    Throttled,
)
from runner.shopify.answers import cost_of, read_answer
from runner.shopify.documents import document

WRITE = document("InventorySetQuantities")
GIVEN = {"name": "available", "reason": "correction", "quantities": [{"quantity": 5}, {"quantity": "x"}]}
VARIABLE = "Variable $input of type InventorySetQuantitiesInput! was provided invalid value"


def error(message: str, code: str | None = None, **more: Any) -> dict[str, Any]:
    return {"message": message, "extensions": {"code": code, **more} if code else {}}


def invalid(path: list[Any], explanation: str) -> dict[str, Any]:
    return error(VARIABLE, "INVALID_VARIABLE", value=GIVEN, problems=[{"path": path, "explanation": explanation}])


def read(body: Any, status: int = 200) -> ShopifyError | None:
    return read_answer(httpx.Response(status, json=body), WRITE)[1]


@pytest.mark.parametrize(
    "found",
    [
        error("Field 'code' doesn't exist on type 'UserError'", "undefinedField", fieldName="code"),
        error("Field 'x' is missing required arguments: y", "missingRequiredArguments"),
        error("Argument 'sortKey' on Field 'f' has an invalid value (TOPIC).", "argumentLiteralsIncompatible"),
        error("syntax error, unexpected end of file", "PARSE_ERROR"),
        invalid(["ignoreCompareQuantity"], "Field is not defined on InventorySetQuantitiesInput"),
        invalid(["quantities", 1, "quantity"], "Field is not defined on InventoryQuantityInput"),
        invalid(["quantities", 0, "batch"], "Expected value to not be null"),
        invalid(["reason"], 'Expected "correction" to be one of: other'),
        error("InventoryQuantityInput must include the following argument: batch.", "INVALID_FIELD_ARGUMENTS"),
        error("The @idempotent directive is required for this mutation but was not provided.", "BAD_REQUEST"),
        error("Access denied for inventorySetQuantities field.", "ACCESS_DENIED"),
    ],
)
def test_an_error_that_would_meet_every_request_is_about_the_document(found: dict[str, Any]) -> None:
    about = read({"errors": [found]})
    assert isinstance(about, DocumentRefused), about
    for named in ("InventorySetQuantities", "2026-10", found["message"].rstrip(".")):
        assert named in about.message


@pytest.mark.parametrize(
    "found",
    [
        invalid(["quantities", 1, "quantity"], "Could not coerce value to Int"),
        error("Invalid id: gid://shopify/ProductVariant/5", "RESOURCE_NOT_FOUND"),
        error("The input array size of 251 is greater than the maximum allowed of 250.", "MAX_INPUT_SIZE_EXCEEDED"),
        error("Something else"),
    ],
)
def test_an_error_that_may_be_about_an_entry_is_about_the_request(found: dict[str, Any]) -> None:
    assert type(read({"errors": [found]})) is RequestRefused


def test_the_body_of_a_refusal_by_http_is_shown_but_not_all_of_it() -> None:
    about = read({"errors": {"query": "Required parameter missing" + "!" * 1000}}, 400)
    assert isinstance(about, DocumentRefused) and about.code == "HTTP_400"
    assert "Required parameter missing" in about.message and len(about.message) < 450
    assert type(read({}, 413)) is RequestRefused
    assert isinstance(read({"errors": "Not Found"}, 404), ShopRefused)
    assert isinstance(read("", 502), ServerFault)


@pytest.mark.parametrize(
    ("body", "lacks"),
    [
        ({"data": {}}, "data has no inventorySetQuantities"),
        ({"data": None}, "data is null"),
        ({}, "data is null"),
        ({"data": []}, "data is not an object"),
        ([], "not a JSON object"),
        ("OK", "not a JSON object"),
        ({"data": {"inventorySetQuantities": None}}, "inventorySetQuantities is null"),
        ({"data": {"inventorySetQuantities": {"inventoryAdjustmentGroup": None}}}, "has no userErrors"),
        (
            {"data": {"inventorySetQuantities": {"inventoryAdjustmentGroup": {}, "userErrors": []}}},
            "inventoryAdjustmentGroup has no id",
        ),
        (
            {"data": {"inventorySetQuantities": {"inventoryAdjustmentGroup": None, "userErrors": [{"field": 3}]}}},
            "userErrors.0.field is not a list",
        ),
    ],
)
def test_an_answer_of_another_shape_is_a_fault_of_the_answer(body: Any, lacks: str) -> None:
    about = read(body)
    assert isinstance(about, LostAnswer) and about.code == "INCOMPLETE_ANSWER"
    assert lacks in about.message


def test_an_answer_that_is_whole_is_taken() -> None:
    assert read({"data": {"inventorySetQuantities": {"inventoryAdjustmentGroup": None, "userErrors": []}}}) is None


def test_a_list_of_nodes_may_hold_nothing_and_nodes_of_another_type() -> None:
    shape = document("InventoryLevels").shape
    assert shape.lacking({"nodes": [None, {}]}) is None
    assert shape.lacking({"nodes": [{"id": "gid://shopify/InventoryItem/1"}]}) == "nodes.0 has no tracked"


@pytest.mark.parametrize("extensions", [None, [], {"cost": None}, {"cost": {"throttleStatus": 3}}])
def test_a_cost_that_cannot_be_read_is_none(extensions: Any) -> None:
    assert cost_of({"extensions": extensions}) is None
    assert isinstance(read({"errors": [error("Throttled", "THROTTLED")], "extensions": extensions}), Throttled)


def test_a_date_to_retry_after_is_asked_again() -> None:
    answer = httpx.Response(429, headers={"Retry-After": "Wed, 21 Oct 2026 07:28:00 GMT"})
    about = read_answer(answer, WRITE)[1]
    assert isinstance(about, Throttled) and about.wait == 1.0
