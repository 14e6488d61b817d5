"""Everything that can be made to go wrong, and how often."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import httpx
import pytest

from house.sandbox import SET, Sandbox, set_variables
from tests.sandbox.conftest import Shelf, new_shelf

SHOP = "{ shop { name } }"
TIRED = (httpx.RemoteProtocolError, httpx.ReadError)


def write(shelf: Shelf, quantity: int = 4, key: str | None = None) -> httpx.Response:
    variables = set_variables((shelf.item, shelf.location, quantity, 10), key=key)
    return shelf.sandbox.post(SET, variables)


def test_throttled(shelf: Shelf) -> None:
    shelf.sandbox.fault("throttled", times=1)
    body = write(shelf).json()
    assert body["errors"][0]["extensions"]["code"] == "THROTTLED"
    assert body["extensions"]["cost"]["throttleStatus"]["currentlyAvailable"] < 10
    assert shelf.available == 10
    assert write(shelf).json()["data"]["inventorySetQuantities"]["userErrors"] == []


def test_http_429_says_when_to_come_back(shelf: Shelf) -> None:
    shelf.sandbox.fault("http_429", times=1, retry_after=2)
    answer = write(shelf)
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "2.0")
    assert shelf.available == 10


def test_http_430_and_5xx(shelf: Shelf) -> None:
    shelf.sandbox.fault("http_430", times=1)
    assert write(shelf).status_code == 430
    shelf.sandbox.fault("http_5xx", times=1)
    assert write(shelf).status_code == 503
    shelf.sandbox.fault("http_5xx", times=1, status=502)
    assert write(shelf).status_code == 502
    assert shelf.available == 10


def test_internal_error_before_and_after_the_work(shelf: Shelf) -> None:
    shelf.sandbox.fault("internal_error", times=1)
    answer = write(shelf, key="before")
    error = answer.json()["errors"][0]
    assert error["extensions"]["code"] == "INTERNAL_SERVER_ERROR"
    assert error["extensions"]["requestId"] == answer.headers["X-Request-Id"]
    assert answer.headers["X-Request-Id"] in error["message"]
    assert shelf.available == 10
    shelf.sandbox.fault("internal_error_after", times=1)
    assert write(shelf, key="after").json()["errors"][0]["extensions"]["code"] == "INTERNAL_SERVER_ERROR"
    assert shelf.available == 4
    assert write(shelf, key="after").json()["data"]["inventorySetQuantities"]["userErrors"] == []


def test_a_connection_lost_before_and_after_the_work(shelf: Shelf) -> None:
    shelf.sandbox.fault("drop_before", times=1)
    with pytest.raises(TIRED):
        write(shelf, key=f"lost {shelf.sku}")
    assert shelf.available == 10
    shelf.sandbox.fault("drop_after", times=1)
    with pytest.raises(TIRED):
        write(shelf, key=f"lost {shelf.sku}")
    assert shelf.available == 4
    repeated = write(shelf, key=f"lost {shelf.sku}").json()["data"]["inventorySetQuantities"]
    assert repeated["userErrors"] == []
    assert shelf.sandbox.stats()["double_applied"] == 0
    outcomes = [one["outcome"] for one in shelf.sandbox.requests(3)]
    assert outcomes == ["ok", "fault: drop_after", "fault: drop_before"]


def test_a_server_that_drops_connections_has_nothing_to_complain_of(start: Callable[..., Sandbox]) -> None:
    sandbox = start()
    for fault in ("drop_before", "drop_after", "timeout", "internal_error"):
        sandbox.fault(fault, times=1, seconds=0.01)
        with suppress(*TIRED):
            sandbox.post(SHOP)
    assert sandbox.stop() == 0
    assert sandbox.words == ""


def test_a_delay_is_as_long_as_asked(shelf: Shelf) -> None:
    shelf.sandbox.fault("delay", times=1, seconds=0.25)
    begun = time.monotonic()
    write(shelf)
    assert time.monotonic() - begun >= 0.25


def test_a_timeout_does_the_work_and_says_nothing(shelf: Shelf) -> None:
    shelf.sandbox.fault("timeout", times=1, seconds=0.2)
    with pytest.raises(TIRED):
        write(shelf)
    assert shelf.available == 4


def test_an_expired_token_is_401(shelf: Shelf) -> None:
    shelf.sandbox.fault("expired_token", times=1)
    assert write(shelf).status_code == 401
    assert write(shelf).status_code == 200


def test_access_denied_names_the_scope(shelf: Shelf) -> None:
    shelf.sandbox.fault("access_denied", times=1)
    body = write(shelf).json()
    assert body["errors"][0]["extensions"]["requiredAccess"] == "`write_inventory` access scope."
    assert body["data"] == {"inventorySetQuantities": None}
    assert shelf.available == 10


def test_version_fallback_shows_in_the_header(shelf: Shelf) -> None:
    shelf.sandbox.fault("version_fallback", times=1)
    assert shelf.sandbox.post(SHOP).headers["X-Shopify-API-Version"] == "2026-07"
    assert shelf.sandbox.post(SHOP).headers["X-Shopify-API-Version"] == "2026-10"


def test_a_deprecated_call_is_answered_and_says_so(shelf: Shelf) -> None:
    shelf.sandbox.fault("deprecated", times=1)
    answer = shelf.sandbox.post(SHOP)
    assert "data" in answer.json()
    assert answer.headers["X-Shopify-API-Deprecated-Reason"].startswith("https://shopify.dev/")
    assert "X-Shopify-API-Deprecated-Reason" not in shelf.sandbox.post(SHOP).headers


def test_stale_without_index(shelf: Shelf) -> None:
    number = shelf.sandbox.fault("stale_without_index")
    payload = shelf.sandbox.set((shelf.item, shelf.location, 4, 9))
    assert [(error["field"], error["code"]) for error in payload["userErrors"]] == [
        (None, "CHANGE_FROM_QUANTITY_STALE")
    ]
    assert shelf.sandbox.set((shelf.item, shelf.location, 4, 10))["userErrors"] == []
    active = shelf.sandbox.control("GET", "/faults")["faults"]
    assert [(one["id"], one["fired"]) for one in active] == [(number, 1)]


@pytest.mark.parametrize("index", [True, False])
def test_an_item_that_is_refused_holds_back_its_call(shelf: Shelf, index: bool) -> None:
    other = new_shelf(shelf.sandbox)
    shelf.sandbox.fault("user_error", items=[other.sku], index=index, code="NON_MUTABLE_INVENTORY_ITEM", message="No.")
    entries = [(shelf.item, shelf.location, 4, 10), (other.item, other.location, 4, 10)]
    payload = shelf.sandbox.set(*entries)
    field = ["input", "quantities", "1", "inventoryItemId"] if index else None
    assert payload["userErrors"] == [{"field": field, "message": "No.", "code": "NON_MUTABLE_INVENTORY_ITEM"}]
    assert shelf.available == 10
    assert shelf.sandbox.set(entries[0])["userErrors"] == []


def test_a_fault_strikes_its_operation_only_after_some_and_so_many_times(shelf: Shelf) -> None:
    shelf.sandbox.fault("http_5xx", operation="shop", after=1, times=2)
    count = "{ productsCount { count } }"
    assert [shelf.sandbox.post(count).status_code for _ in range(3)] == [200] * 3
    assert [shelf.sandbox.post(SHOP).status_code for _ in range(5)] == [200, 503, 503, 200, 200]
    assert shelf.sandbox.control("GET", "/faults")["faults"] == []


def test_probability_is_repeatable_by_its_seed(shelf: Shelf) -> None:
    def run() -> list[int]:
        number = shelf.sandbox.fault("http_5xx", probability=0.5, seed=7)
        codes = [shelf.sandbox.post(SHOP).status_code for _ in range(20)]
        shelf.sandbox.control("DELETE", f"/faults/{number}")
        return codes

    first = run()
    assert set(first) == {200, 503}
    assert run() == first


def test_a_fault_ends_with_its_time(shelf: Shelf) -> None:
    for seconds in (0.2, 2, 20):  # a busy machine may miss the shortest
        shelf.sandbox.fault("http_430", for_seconds=seconds)
        if shelf.sandbox.post(SHOP).status_code == 430:
            break
    else:
        pytest.fail("no call met the fault")
    deadline = time.monotonic() + 60
    while shelf.sandbox.post(SHOP).status_code == 430 and time.monotonic() < deadline:
        time.sleep(0.05)
    assert shelf.sandbox.post(SHOP).status_code == 200


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        ({}, "fault: missing; one of throttled"),
        ({"fault": "boom"}, "fault: 'boom' is none of throttled"),
        ({"fault": "delay", "seconds": -1}, "seconds: -1 is not a number of at least 0"),
        ({"fault": "delay", "probability": 2}, "probability: 2 is not a number from 0 to 1"),
        ({"fault": "delay", "times": 0}, "times: 0 is not a whole number of at least 1"),
        ({"fault": "delay", "after": True}, "after: True is not a whole number"),
        ({"fault": "delay", "often": 3}, "often: unknown; known are fault"),
        ({"fault": "http_5xx", "status": 200}, "status: 200 is not a whole number from 500 to 599"),
        ({"fault": "user_error"}, "items: a user_error needs"),
        ({"fault": "user_error", "items": "S-1"}, "items: 'S-1' is not a list of texts"),
        ({"fault": "user_error", "items": ["S-1"], "code": "NO"}, "code: 'NO' is none of CHANGE_FROM_QUANTITY_STALE"),
        ({"fault": "delay", "operation": 3}, "operation: 3 is not of type str"),
        ([], "not a JSON object"),
    ],
)
def test_a_wrong_fault_is_refused_in_words(shared: Sandbox, body: Any, complaint: str) -> None:
    answer = shared.http.post("/_sandbox/faults", json=body)
    assert answer.status_code == 400
    assert complaint in answer.json()["error"]


def test_an_unknown_fault_cannot_be_removed(shared: Sandbox) -> None:
    assert shared.http.delete("/_sandbox/faults/999").status_code == 404
