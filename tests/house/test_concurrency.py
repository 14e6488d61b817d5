"""I4 and I12: several runners, one lane per key, one budget."""

from __future__ import annotations

import threading

from tests.house.house import House, Open

SATURATED_SECONDS = 15


def test_two_runners_never_push_one_key_at_the_same_time(house: House) -> None:
    house.sandbox.fault(fault="delay", operation="inventorySetQuantities", seconds=0.05)
    applied = "select count(*) from sync.requests where state = 'applied'"
    with house.runner(), house.runner():
        while house.value(applied) < 40:
            for number in range(1, 21):
                house.receive(f"SKU-{number:06}", 1)
        house.wait_quiet()
    assert house.offered() == house.shelf()
    overlapping = house.rows(
        "select a.id, b.id from sync.requests as a join sync.requests as b on a.lane = b.lane and a.id < b.id "
        "where b.created_at < a.answered_at"
    )
    assert overlapping == []
    assert house.sandbox.stats()["double_applied"] == 0


def test_two_runners_share_one_budget_and_are_never_throttled(open_house: Open) -> None:
    house = open_house(
        "--products", "200", "--variants-per-product", "1", "--capacity", "1000", "--restore-rate", "100"
    )
    with house.runner(), house.runner():
        # Enough that more calls are wanted than the bucket allows, all the time.
        stopping = threading.Event()
        worker = threading.Thread(target=_work, args=(house, stopping))
        worker.start()
        begun = house.sandbox.stats()["calls"]
        stopping.wait(SATURATED_SECONDS)
        calls = house.sandbox.stats()["calls"] - begun
        stopping.set()
        worker.join()
        house.wait_quiet()
    stats = house.sandbox.stats()
    assert stats["throttled"] == 0
    # 10 points a call: what was saved up and what came in, and at least nine tenths of what came in.
    assert 0.9 * SATURATED_SECONDS * 10 <= calls <= 100 + SATURATED_SECONDS * 10 + 10
    assert house.offered() == house.shelf()


def _work(house: House, stopping: threading.Event) -> None:
    turn = 0
    while not stopping.is_set():
        house.receive(f"SKU-{1 + turn % 200:06}", 1)
        turn += 1
