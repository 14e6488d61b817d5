"""The budget: however many ask at once, no more is granted than Shopify's bucket holds (I12)."""

from __future__ import annotations

import threading

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.seeds import BACK, Connection, Shelf, rows, value

Grant = tuple[float, float, int]


def fill(connection: Connection, shop: int, capacity: float, rate: float, level: float) -> None:
    connection.execute(
        "update sync.budgets set capacity = %s, restore_rate = %s, level = %s, updated_at = clock_timestamp() "
        "where shop_id = %s",
        (capacity, rate, level, shop),
    )


def reserve(connection: psycopg.Connection[object], shop: int, cost: int, keep: int = 0) -> tuple[bool, float, float]:
    """Granted, seconds to wait, and the database's clock afterwards."""
    row = connection.execute(
        "select granted, wait_seconds, extract(epoch from clock_timestamp())::float8 as at "
        "from sync.reserve_budget(%s, %s, %s)",
        (shop, cost, keep),
    ).fetchone()
    found = list(row.values()) if isinstance(row, dict) else row
    assert isinstance(found, (list, tuple))
    return bool(found[0]), float(found[1]), float(found[2])


def level(shelf: Shelf) -> float:
    return float(value(shelf.connection, "select level from sync.budgets where shop_id = %s", shelf.shop))


def test_points_that_are_there_are_granted_at_once(shelf: Shelf) -> None:
    fill(shelf.connection, shelf.shop, 1000, 0.001, 100)
    assert reserve(shelf.connection, shelf.shop, 60)[:2] == (True, 0)
    assert level(shelf) == pytest.approx(40, abs=0.5)


def test_points_that_are_not_there_yet_are_promised_in_turn(shelf: Shelf) -> None:
    fill(shelf.connection, shelf.shop, 1000, 100, 0)
    waits = [reserve(shelf.connection, shelf.shop, 100)[1] for _ in range(3)]
    assert waits == sorted(waits)
    assert waits[2] - waits[0] <= 2.0


def test_who_would_wait_too_long_is_told_when_to_ask_again_and_takes_nothing(shelf: Shelf) -> None:
    fill(shelf.connection, shelf.shop, 1000, 10, 0)
    granted, wait, _ = reserve(shelf.connection, shelf.shop, 101)
    assert not granted
    assert wait > 0
    assert reserve(shelf.connection, shelf.shop, 100)[0]


def test_readers_leave_the_share_of_pushes_alone(shelf: Shelf) -> None:
    fill(shelf.connection, shelf.shop, 1000, 0.001, 600)
    assert reserve(shelf.connection, shelf.shop, 100, keep=500)[0]
    assert not reserve(shelf.connection, shelf.shop, 100, keep=500)[0]
    assert reserve(shelf.connection, shelf.shop, 500)[0]


def test_a_bucket_is_never_fuller_than_its_capacity(shelf: Shelf) -> None:
    fill(shelf.connection, shelf.shop, 100, 1000, 100)
    shelf.connection.execute("update sync.budgets set updated_at = now() - interval '1 day'")
    reserve(shelf.connection, shelf.shop, 0)
    assert level(shelf) == 100


def test_a_shop_without_a_budget_is_an_error_with_its_code(shelf: Shelf) -> None:
    with pytest.raises(psycopg.Error) as refused:
        reserve(shelf.connection, 999, 1)
    assert refused.value.sqlstate == "SW002"


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    capacity=st.integers(200, 2000),
    rate=st.integers(10, 1000),
    costs=st.lists(st.integers(1, 150), min_size=5, max_size=40),
    threads=st.integers(2, 4),
)
def test_nobody_sends_more_than_capacity_and_restored_points_allow(
    shelf: Shelf, warehouse: str, capacity: int, rate: int, costs: list[int], threads: int
) -> None:
    fill(shelf.connection, shelf.shop, capacity, rate, capacity)
    began = float(
        value(shelf.connection, "select extract(epoch from updated_at)::float8 from sync.budgets where shop_id = 1")
    )
    grants: list[Grant] = []

    def ask() -> None:
        with psycopg.connect(warehouse, autocommit=True) as connection:
            for cost in costs:
                granted, wait, at = reserve(connection, shelf.shop, cost)
                if granted:
                    grants.append((at + wait, at, cost))

    asking = [threading.Thread(target=ask) for _ in range(threads)]
    for thread in asking:
        thread.start()
    for thread in asking:
        thread.join()
    sent = 0
    for sends_at, _, cost in sorted(grants):
        sent += cost
        assert sent <= capacity + rate * (sends_at - began) + 1
    assert sum(cost for _, _, cost in grants) == sent


def call(shelf: Shelf, *, reserved: int, actual: int | None, available: float | None, error: str | None = None) -> None:
    status = {"capacity": 2000, "restore_rate": 0.001, "available": available} if available else {}
    shelf.call(milliseconds=0, error_class=error, reserved=reserved, requested=reserved, actual=actual, **status)


def test_an_answer_corrects_the_budget_downwards_but_not_over_what_was_promised(shelf: Shelf) -> None:
    fill(shelf.connection, shelf.shop, 1000, 0.001, 500)
    call(shelf, reserved=50, actual=10, available=None)
    assert level(shelf) == pytest.approx(540, abs=0.5)
    call(shelf, reserved=0, actual=0, available=300)
    assert level(shelf) == pytest.approx(300, abs=0.5)
    call(shelf, reserved=0, actual=0, available=1900)
    assert level(shelf) == pytest.approx(300, abs=0.5)
    assert value(shelf.connection, "select capacity from sync.budgets") == 2000


def test_a_call_without_an_answer_gives_nothing_back(shelf: Shelf) -> None:
    fill(shelf.connection, shelf.shop, 1000, 0.001, 500)
    call(shelf, reserved=50, actual=None, available=None, error="LOST_ANSWER")
    assert level(shelf) == pytest.approx(500, abs=0.5)


def test_calls_are_counted_by_document_and_hour(shelf: Shelf) -> None:
    for error in (None, None, "THROTTLED"):
        call(shelf, reserved=1, actual=2, available=900, error=error)
    (found,) = rows(shelf.connection, "select * from sync.sync_statistics")
    assert (found["document"], found["calls"], found["failed"], found["throttled"], found["points"]) == (
        "Shop", 3, 1, 1, 6
    )  # fmt: skip


def test_a_job_that_goes_on_takes_the_points_of_its_next_request_if_they_are_to_be_had(shelf: Shelf) -> None:
    keys = shelf.stocked(5, 5)
    for key in keys:
        shelf.sell(key)
    shelf.connection.execute("update sync.kinds set batch_size = 1")
    for key in keys:
        shelf.see(key, BACK, 3)  # one product, two requests
    fill(shelf.connection, shelf.shop, 1000, 0.001, 100)
    turn = shelf.turn()
    shelf.connection.execute(
        "insert into sync.pending (shop_id, kind, key, lane, urgency, since) "
        "select %s, 'inventory', unnest(%s::text[]), 0, 1, now()",
        (shelf.shop, keys),
    )
    _, first, second = shelf.advance(turn, cost=60)
    assert (first["wait_seconds"], second["wait_seconds"]) == (0, None)
    assert level(shelf) == pytest.approx(40, abs=0.5)
    shelf.connection.execute("update sync.requests set state = 'abandoned', answered_at = now()")
    _, first, second = shelf.advance(turn, cost=60)
    assert (first["wait_seconds"], second["wait_seconds"]) == (None, None)
    assert level(shelf) == pytest.approx(40, abs=0.5)


def test_the_level_is_the_one_thing_everybody_reads_and_costs_no_call(shelf: Shelf) -> None:
    fill(shelf.connection, shelf.shop, 1000, 10, 100)
    shelf.connection.execute("update sync.budgets set updated_at = now() - interval '30 seconds'")
    points = value(shelf.connection, "select sync.budget_level(b) from sync.budgets as b")
    assert points == pytest.approx(400, abs=5)
    shelf.connection.execute("update sync.budgets set updated_at = now() + interval '30 seconds'")
    assert value(shelf.connection, "select budget_points from sync.sync_health") == 100
    plan = rows(shelf.connection, "explain (verbose) select sync.budget_level(b) from sync.budgets as b")
    assert "restore_rate" in str(plan) and "budget_level" not in str(plan)


def test_points_of_a_call_that_was_never_sent_are_given_back(shelf: Shelf) -> None:
    fill(shelf.connection, shelf.shop, 1000, 0.001, 100)
    assert value(shelf.connection, "select granted from sync.reserve_budget(%s, 60)", shelf.shop)
    shelf.connection.execute("select sync.return_points(%s, 60)", (shelf.shop,))
    assert level(shelf) == pytest.approx(100, abs=0.5)
