"""I4: a runner that falls silent loses its lanes to the others, and does no harm when it comes back."""

from __future__ import annotations

import random
import signal
from contextlib import ExitStack

import pytest

from tests.house.house import NERVOUS, Open
from tests.house.load import Load

PRODUCTS = 40
# All for longer than the heartbeat timeout, one for much longer.
FROZEN_SECONDS = (15.0, 3.0, 3.0)


@pytest.mark.long
def test_a_frozen_runner_loses_its_lanes_and_comes_back_without_harm(open_house: Open) -> None:
    house = open_house("--products", str(PRODUCTS), "--unlimited")
    house.sandbox.fault("delay", operation="inventorySetQuantities", seconds=0.2)
    dice = random.Random(3)
    with ExitStack() as stack:
        runners = [stack.enter_context(house.runner(NERVOUS)) for _ in range(3)]
        with Load(house.dsn, PRODUCTS, pause=0.05).running() as load:
            house.wait_until(lambda: house.value("select count(*) from sync.requests") > 20, "work under way")
            for victim, seconds in zip(runners, FROZEN_SECONDS, strict=True):
                load.wait(dice.uniform(0.0, 0.4))
                victim.send_signal(signal.SIGSTOP)
                try:
                    load.wait(seconds)
                finally:
                    victim.send_signal(signal.SIGCONT)
            load.wait(1.0)
        house.wait_quiet()
        assert [process.poll() for process in runners] == [None] * 3
    assert house.offered() == house.shelf()
    assert house.sandbox.stats()["double_applied"] == 0
    assert house.value("select count(*) from sync.requests where state = 'open'") == 0
    # Somebody else repeated what the frozen one had sent.
    assert house.value("select count(*) from sync.requests where sends > 1") > 0


def test_the_jobs_of_a_killed_runner_are_taken_over_by_another(open_house: Open) -> None:
    house = open_house("--products", str(PRODUCTS), "--unlimited")
    house.sandbox.fault("delay", operation="inventorySetQuantities", seconds=1.0, times=4)
    with house.runner(NERVOUS) as first:
        for number in range(1, PRODUCTS + 1):
            house.receive(f"SKU-{number:06}", 1)
        house.wait_until(lambda: bool(house.rows("select from sync.requests where state = 'open'")), "a request")
        with house.runner(NERVOUS):
            first.kill()
            first.wait()
            house.wait_quiet()
    assert house.offered() == house.shelf()
    assert house.sandbox.stats()["double_applied"] == 0
