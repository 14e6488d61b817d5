"""I2: Postgres goes away, or cannot write; the runner waits, says so once, and goes on by itself."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from house import postgres
from house.sandbox import running
from house.warehouse import REFERENCE, furnish
from runner.schema import revisions
from tests.house.house import House
from tests.house.load import Load

PRODUCTS = 40
RESTARTS = 5
APPLIED = "select count(*) from sync.requests where state = 'applied'"


@pytest.fixture(scope="module")
def durable() -> Iterator[postgres.Server]:
    """A server of its own that loses nothing when it crashes, with the reference warehouse attached."""
    with postgres.serve({"max_connections": "60"}) as server:
        revisions.upgrade(server.dsn)
        furnish(server.dsn, REFERENCE)
        yield server


@pytest.fixture
def home(durable: postgres.Server) -> Iterator[House]:
    """A house on that server."""
    with psycopg.connect(durable.dsn, autocommit=True) as connection:
        connection.execute("truncate sync.shops cascade")
        connection.execute(
            "truncate warehouse.products, warehouse.shipments, warehouse.locations restart identity cascade"
        )
        connection.execute("truncate pgqueuer.pgqueuer, sync.change_queue_0, sync.change_queue_1, sync.change_log")
    with running("--products", str(PRODUCTS), "--unlimited", "--latency-ms", "10") as sandbox:
        house = House(durable.dsn, sandbox)
        house.furnish()
        yield house
        house.close()


def test_postgres_crashes_five_times_under_load_and_one_runner_survives_it(
    durable: postgres.Server, home: House, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    with log.open("wb") as file, home.runner(log=file) as runner:
        with Load(durable.dsn, PRODUCTS, pause=0.01).running() as load:
            for _ in range(RESTARTS):
                wait_for_work(home)
                durable.restart("immediate")
                home.reconnect()
            load.wait(1.0)
        home.wait_quiet()
        assert runner.poll() is None
        # It listens again: a change reaches the shop although nothing else goes on.
        home.wait_until(lambda: bool(home.listeners()), "a LISTEN")
        home.receive("SKU-000001", 1)
        home.wait_quiet()
    assert home.offered() == home.shelf()
    assert home.sandbox.stats()["double_applied"] == 0
    assert home.value("select count(*) from sync.requests where state = 'open'") == 0
    told = events(log)
    assert RESTARTS <= told.count("postgres.awaited") <= 2 * RESTARTS
    assert told.count("postgres.back") == told.count("postgres.awaited")
    expected = {"runner.started", "postgres.awaited", "postgres.back", "runner.stopping", "runner.stopped"}
    # Keys of a job whose end could not be noted are packed again. A job whose last notes the crash took away leaves its
    # lane to the next.
    assert set(told) - {"relay.released", "job.superseded"} == expected
    assert runner.returncode == 0


def test_a_postgres_that_cannot_write_is_named_and_waited_for(
    durable: postgres.Server, home: House, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    home.do("set default_transaction_read_only = off")
    with log.open("wb") as file, home.runner(log=file) as runner:
        home.receive("SKU-000001", 1)
        home.wait_quiet()
        read_only(home, "on")
        home.receive("SKU-000002", 2)
        home.wait_until(lambda: "postgres.awaited" in events(log), "the runner to say so")
        assert runner.poll() is None
        home.wait_until(lambda: doctors(home)["runner"]["state"] == "failed", "the doctor to say so")
        found = doctors(home)["postgres"]
        assert found["state"] == "failed" and "takes no writes" in found["message"]
        assert "A runner waits: Postgres cannot write." in home.shelfwire("status").stdout
        read_only(home, "off")
        home.wait_quiet()
    assert home.offered() == home.shelf()
    (waited,) = (one for one in lines(log) if one["event"] == "postgres.awaited")
    assert "Postgres cannot write" in waited["error"] and "connect to the primary server" in waited["error"]
    assert events(log).count("postgres.back") == 1


def test_a_full_disk_is_named_and_waited_for_and_nothing_is_lost(
    durable: postgres.Server, home: House, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    with log.open("wb") as file, home.runner(log=file) as runner:
        home.receive("SKU-000001", 1)
        home.wait_quiet()
        fill_up(durable, home)
        home.receive("SKU-000002", 2)
        home.wait_until(lambda: "postgres.awaited" in events(log), "the runner to say so")
        home.wait_until(lambda: doctors(home)["runner"]["state"] == "failed", "the doctor to say so")
        assert "Postgres cannot write" in doctors(home)["runner"]["message"]
        home.receive("SKU-000003", 3)
        assert runner.poll() is None
        assert home.value("select count(*) from sync.change_queue_0") == 2
        home.do("truncate sync.change_log")
        home.wait_quiet()
        home.wait_until(lambda: doctors(home)["runner"]["state"] == "ok", "the doctor to be content")
    assert home.offered() == home.shelf()
    assert home.value("select count(*) from sync.change_log") == 2
    (waited,) = (one for one in lines(log) if one["event"] == "postgres.awaited")
    assert "No space left on device" in waited["error"] and "Free disk space" in waited["error"]
    assert set(events(log)) == {
        "runner.started",
        "postgres.awaited",
        "postgres.back",
        "runner.stopping",
        "runner.stopped",
    }


def fill_up(server: postgres.Server, house: House) -> None:
    """Let the disk be full under today's partition of the change log: a device that is always full takes its place.

    The emptied file is new to every session, and the checkpoint has done with it. Truncating gives another one.
    """
    house.do("truncate sync.change_log")
    house.do("checkpoint")
    day = (
        "select pg_relation_filepath(to_regclass('sync.change_log_' || to_char(now() at time zone 'UTC', 'YYYYMMDD')))"
    )
    path = server.data / house.value(day)
    path.unlink()
    path.symlink_to("/dev/full")


def doctors(house: House) -> dict[str, dict[str, Any]]:
    """The doctor's findings by check."""
    return {one["check"]: one for one in json.loads(house.shelfwire("doctor", "--json").stdout)}


def wait_for_work(house: House) -> None:
    """Wait until the shop has taken some more requests."""
    before = house.value(APPLIED)
    house.wait_until(lambda: house.value(APPLIED) > before + 10, "work under way")


def read_only(house: House, state: str) -> None:
    """Let Postgres refuse to write, or no longer; sessions that have said otherwise go on."""
    house.do(f"alter system set default_transaction_read_only = {state}")
    house.do("select pg_reload_conf()")


def lines(log: Path) -> list[dict[str, Any]]:
    """A runner's log."""
    return [json.loads(line) for line in log.read_text().splitlines()]


def events(log: Path) -> list[str]:
    """The names of what a runner logged."""
    return [line["event"] for line in lines(log)]
