"""Idempotency keys: repeated, spent, contended."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from tests.sandbox.conftest import Shelf

STALE = (["input", "quantities", "0", "changeFromQuantity"], "CHANGE_FROM_QUANTITY_STALE")


def codes(payload: dict[str, Any]) -> list[tuple[Any, str]]:
    return [(error["field"], error["code"]) for error in payload["userErrors"]]


def test_a_key_repeated_is_answered_again_and_applied_once(shelf: Shelf) -> None:
    entry = (shelf.item, shelf.location, 4, 10)
    before = shelf.sandbox.stats()["levels_set"]
    first, second = (shelf.sandbox.set(entry, key=f"key {shelf.sku}") for _ in range(2))
    assert first == second
    assert first["inventoryAdjustmentGroup"]["id"]
    shelf.sandbox.edit(shelf.sku, 10)
    assert shelf.sandbox.set(entry, key=f"key {shelf.sku}") == first
    assert shelf.available == 10
    stats = shelf.sandbox.stats()
    assert (stats["levels_set"] - before, stats["double_applied"]) == (1, 0)


def test_a_key_with_other_parameters_is_refused(shelf: Shelf) -> None:
    key = f"other {shelf.sku}"
    shelf.sandbox.set((shelf.item, shelf.location, 4, 10), key=key)
    payload = shelf.sandbox.set((shelf.item, shelf.location, 3, 4), key=key)
    assert codes(payload) == [(None, "IDEMPOTENCY_KEY_PARAMETER_MISMATCH")]
    assert shelf.available == 4


def test_a_key_whose_attempt_failed_is_spent(shelf: Shelf) -> None:
    key, entry = f"spent {shelf.sku}", (shelf.item, shelf.location, 4, 9)
    assert codes(shelf.sandbox.set(entry, key=key)) == [
        (["input", "quantities", "0", "changeFromQuantity"], "CHANGE_FROM_QUANTITY_STALE")
    ]
    assert codes(shelf.sandbox.set(entry, key=key)) == [(None, "IDEMPOTENCY_PREVIOUS_ATTEMPT_FAILED")]


def test_a_key_that_is_being_worked_under_is_concurrent(shelf: Shelf) -> None:
    for seconds in (0.3, 3, 30):  # on a busy machine the second may come after the shortest
        number = shelf.sandbox.fault("delay", seconds=seconds)
        entry = (shelf.item, shelf.location, 4, shelf.available)
        with ThreadPoolExecutor() as pool:
            answers = pool.map(lambda _: shelf.sandbox.set(entry, key=f"busy {shelf.sku} {seconds}"), range(2))  # noqa: B023
        shelf.sandbox.control("DELETE", f"/faults/{number}")
        found = sorted(map(codes, answers), key=len)
        if found[1]:
            break
    assert found == [[], [(None, "IDEMPOTENCY_CONCURRENT_REQUEST")]]
    assert shelf.available == 4
