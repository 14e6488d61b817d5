"""I2, I7: runners die and the shop misbehaves, under load; in the end the shop holds what the warehouse says."""

from __future__ import annotations

import random

import pytest

from tests.house.house import NERVOUS, Open
from tests.house.load import Load

PRODUCTS = 60
MUTATION = "inventorySetQuantities"
FAULTS = {
    "http_5xx": 0.04,
    "internal_error": 0.02,
    "internal_error_after": 0.03,
    "drop_before": 0.02,
    "drop_after": 0.05,
    "throttled": 0.03,
    "timeout": 0.01,
}


@pytest.mark.parametrize("kills", [20, pytest.param(50, marks=pytest.mark.long)])
def test_runners_killed_at_many_moments_lose_nothing_and_repeat_nothing(open_house: Open, kills: int) -> None:
    house = open_house("--products", str(PRODUCTS), "--unlimited", "--latency-ms", "20")
    for seed, (fault, probability) in enumerate(FAULTS.items()):
        house.sandbox.fault(fault, operation=MUTATION, probability=probability, seed=seed, seconds=0.5)
    dice = random.Random(50)
    runners = [house.start_runner(NERVOUS) for _ in range(2)]
    try:
        with Load(house.dsn, PRODUCTS).running() as load:
            for _ in range(kills):
                house.wait_until(lambda: house.listeners() > 0, "a runner at work")
                load.wait(dice.uniform(0, 0.6))
                victim = dice.randrange(len(runners))
                runners[victim].kill()
                runners[victim].wait()
                runners[victim] = house.start_runner(NERVOUS)
        house.sandbox.clear_faults()
        house.wait_quiet()
    finally:
        for process in runners:
            process.terminate()
        for process in runners:
            process.wait()
    assert house.offered() == house.shelf()
    assert house.sandbox.stats()["double_applied"] == 0
    assert house.value("select count(*) from sync.requests where state = 'open'") == 0
    # It was worth the while: requests were interrupted and repeated.
    assert house.value("select count(*) from sync.requests where state = 'applied'") > kills
    assert house.value("select count(*) from sync.requests where sends > 1") > 0
    assert house.rows("select * from sync.refusals") == []


def test_an_outage_of_the_shop_leaves_a_coalesced_backlog_that_drains_unthrottled(open_house: Open) -> None:
    products = 200
    house = open_house("--products", str(products), "--capacity", "1000", "--restore-rate", "50")
    with house.runner():
        outage = house.sandbox.fault("http_5xx")
        with Load(house.dsn, products, writers=4, pause=0.002).running() as load:
            house.wait_until(lambda: load.committed >= 4000, "4,000 changes")
        house.wait_until(lambda: not house.rows("select from sync.change_queue_0"), "the relay")
        assert house.value("select count(*) from sync.change_log where watch = 2") >= 4000
        assert 0 < house.value("select count(*) from sync.pending") <= products
        assert house.value("select count(*) from pgqueuer.pgqueuer") <= 4 * 3
        set_before = house.sandbox.stats()["levels_set"]
        house.sandbox.control("DELETE", f"/faults/{outage}")
        house.wait_quiet()
    assert house.offered() == house.shelf()
    stats = house.sandbox.stats()
    # What a request held when it failed is sent as it was, then what it should hold now.
    assert stats["levels_set"] - set_before <= 2 * products
    assert (stats["throttled"], stats["double_applied"]) == (0, 0)


def test_a_shop_that_refuses_every_call_is_probed_and_its_jobs_wait(open_house: Open) -> None:
    products = 40
    house = open_house("--products", str(products), "--unlimited")
    with house.runner():
        refusing = house.sandbox.fault("http_430")
        with Load(house.dsn, products).running():
            house.wait_until(lambda: house.value("select circuit from sync.sync_health") == "open", "an open circuit")
            probes = house.sandbox.stats()["calls"]
            house.wait_until(lambda: house.value("select probes from sync.circuits") >= 2, "two probes")
        assert "SECURITY_REJECTION" in house.value("select circuit_reason from sync.sync_health")
        # The lanes' jobs of the moment it opened, and one call per probe.
        assert house.sandbox.stats()["calls"] - probes <= 4 + house.value("select probes from sync.circuits")
        house.sandbox.control("DELETE", f"/faults/{refusing}")
        house.wait_quiet()
    assert house.offered() == house.shelf()
    assert house.value("select circuit from sync.sync_health") == "closed"
    assert house.sandbox.stats()["double_applied"] == 0
    assert house.rows("select * from sync.refusals") == []


def test_a_shop_that_takes_reads_but_no_writes_is_probed_and_refuses_nothing(open_house: Open) -> None:
    products = 40
    house = open_house("--products", str(products), "--unlimited")
    with house.runner():
        failing = house.sandbox.fault("http_5xx", operation=MUTATION)
        with Load(house.dsn, products).running():
            house.wait_until(lambda: bool(house.rows("select from sync.circuits")), "a job that failed")
            house.do("update sync.circuits set failures = 4")
            house.wait_until(lambda: house.value("select circuit from sync.sync_health") == "open", "an open circuit")
            assert house.shelfwire("reconcile", "inventory", "--dry-run").returncode == 0
            assert house.value("select circuit from sync.sync_health") != "closed"
            probes, calls = house.value("select probes from sync.circuits"), house.sandbox.stats()["mutations"]
            house.wait_until(lambda: house.value("select probes from sync.circuits") >= probes + 1, "a probe")
            more = house.value("select probes from sync.circuits") - probes
        # One try each, and what was under way when it opened.
        assert house.sandbox.stats()["mutations"] - calls <= more + 1 + 4 * 5
        house.sandbox.control("DELETE", f"/faults/{failing}")
        house.wait_quiet()
    assert house.offered() == house.shelf()
    assert house.sandbox.stats()["double_applied"] == 0
    assert house.rows("select * from sync.refusals") == []
