"""I7: a request is stored before it is sent, and repeated as it was until its answer is known."""

from __future__ import annotations

import pytest

from tests.house.house import House

SKU = "SKU-000001"


@pytest.mark.parametrize("fault", ["drop_after", "drop_before", "internal_error_after", "http_5xx", "internal_error"])
def test_a_lost_answer_is_asked_for_again_under_the_same_key(house: House, fault: str) -> None:
    house.sandbox.fault(fault=fault, operation="inventorySetQuantities", times=2)
    house.receive(SKU, 10)
    with house.runner():
        house.wait_until(lambda: house.offered()[SKU] == 10, "10 units")
        house.wait_quiet()
    (request,) = house.rows("select state, idempotency_key::text as key from sync.requests")
    assert request["state"] == "applied"
    keys = [r["idempotency_key"] for r in house.sandbox.requests() if r["operation"] == "inventorySetQuantities"]
    # What fails before the body is read has no key in the sandbox's journal.
    assert len(keys) == 3 and set(keys) - {None} == {request["key"]}
    assert house.sandbox.stats()["double_applied"] == 0


def test_a_runner_that_is_killed_while_it_waits_leaves_the_request_to_the_next(house: House) -> None:
    house.sandbox.fault(fault="delay", operation="inventorySetQuantities", seconds=2.0, times=1)
    house.receive(SKU, 10)
    with house.runner() as process:
        house.wait_until(lambda: bool(house.rows("select from sync.requests where state = 'open'")), "a request")
        process.kill()
        process.wait()
    (request,) = house.rows("select state, sends, idempotency_key::text as key from sync.requests")
    assert (request["state"], request["sends"]) == ("open", 1)
    with house.runner():
        house.wait_quiet()
    (answered,) = house.rows("select state, sends, idempotency_key::text as key from sync.requests")
    assert answered == {"state": "applied", "sends": 2, "key": request["key"]}
    assert house.offered()[SKU] == 10
    assert house.sandbox.stats()["double_applied"] == 0


def test_throttling_is_waited_out(house: House) -> None:
    house.sandbox.fault(fault="throttled", operation="inventorySetQuantities", times=2)
    house.sandbox.fault(fault="http_429", operation="inventorySetQuantities", times=1, retry_after=1)
    house.receive(SKU, 10)
    with house.runner():
        house.wait_until(lambda: house.offered()[SKU] == 10, "10 units")
        house.wait_quiet()
    classes = [r["error_class"] for r in house.rows("select error_class from sync.calls where error_class is not null")]
    assert classes == ["THROTTLED"] * 3
