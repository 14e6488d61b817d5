"""I2: Postgres goes away, or cannot write; the runner waits, says so once, and goes on by itself."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from house import postgres
from house.sandbox import running
from house.warehouse import REFERENCE, furnish
from runner.schema import revisions
from tests.cli.test_errors import expect, shelfwire
from tests.house.house import House
from tests.house.load import Load
from tests.house.webhooks import Sender, serving

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
    # A schedule that comes meanwhile may say it in other words.
    waited, *others = (one["error"] for one in lines(log) if one["event"] == "postgres.awaited")
    assert "Postgres cannot write" in waited and "connect to the primary server" in waited
    assert [error for error in others if "read-only" not in error and "cannot write" not in error] == []
    # A session that has not heard of it yet may still fail.
    assert "postgres.back" in events(log)


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
        assert home.value("select count(*) from sync.change_queue_0 where op = 'insert'") == 2
        home.do("truncate sync.change_log")
        home.wait_quiet()
        home.wait_until(lambda: doctors(home)["runner"]["state"] == "ok", "the doctor to be content")
    assert home.offered() == home.shelf()
    assert home.value("select count(*) from sync.change_log where op = 'insert'") == 2
    (waited,) = (one for one in lines(log) if one["event"] == "postgres.awaited")
    assert "No space left on device" in waited["error"] and "Free disk space" in waited["error"]
    # A schedule may come meanwhile.
    assert set(events(log)) - {"shop.reconciled"} == {
        "runner.started",
        "postgres.awaited",
        "postgres.back",
        "runner.stopping",
        "runner.stopped",
    }


def test_a_runner_that_is_started_before_postgres_waits_for_it(
    durable: postgres.Server, home: House, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    durable.stop()
    try:
        with log.open("wb") as file, home.runner(log=file) as runner:
            home.wait_until(lambda: "postgres.awaited" in events(log), "the runner to say so")
            # There by now, but it takes no connections yet: as while it recovers.
            in_recovery(durable, True)
            durable.restart("immediate")
            refused_as_not_ready(durable)
            in_recovery(durable, False)
            durable.restart("immediate")
            home.reconnect()
            home.receive("SKU-000001", 1)
            home.wait_quiet()
    finally:
        in_recovery(durable, False)
    assert runner.returncode == 0
    assert home.offered() == home.shelf()
    assert events(log) == ["postgres.awaited", "postgres.back", "runner.started", "runner.stopping", "runner.stopped"]
    assert "Postgres is out of reach" in lines(log)[0]["error"]


def test_a_runner_is_told_to_stop_while_postgres_is_not_there_yet(home: House, tmp_path: Path) -> None:
    log = tmp_path / "log"
    with log.open("wb") as file, home.runner({"SHELFWIRE_DATABASE_URL": "host=127.0.0.1 port=1"}, file) as runner:
        home.wait_until(lambda: "postgres.awaited" in events(log), "the runner to say so")
    assert runner.returncode == 0
    assert events(log) == ["postgres.awaited", "runner.stopped"]


def test_a_runner_at_work_is_told_to_stop_while_postgres_is_away(
    durable: postgres.Server, home: House, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    try:
        with log.open("wb") as file, Load(durable.dsn, PRODUCTS, pause=0.01).running():
            with home.runner(log=file) as runner:
                wait_for_work(home)
                durable.stop()
                home.wait_until(lambda: "postgres.awaited" in events(log), "the runner to say so")
                began = time.monotonic()
            assert time.monotonic() - began < 15
            durable.restart("immediate")
    finally:
        home.reconnect()
    assert runner.returncode == 0
    # Its sessions are ended one after the other: one may have had an answer when another had none.
    said = [event for event in events(log) if event.startswith("runner.")]
    assert said == ["runner.started", "runner.stopping", "runner.stopped"]
    # What was in flight is done by the next one.
    with home.runner():
        home.wait_quiet()
    assert home.offered() == home.shelf()
    assert home.sandbox.stats()["double_applied"] == 0


def test_no_webhook_that_was_answered_is_lost_when_postgres_crashes(
    durable: postgres.Server, home: House, tmp_path: Path
) -> None:
    with serving(home, tmp_path / "said") as url:
        sender = Sender(home, url)
        with sender.running():
            for _ in range(2):
                home.wait_until(partial(is_ahead, sender, len(sender.answered) + 50), "deliveries", pause=0.01)
                durable.restart("immediate")
                home.reconnect()
            home.wait_until(partial(is_ahead, sender, len(sender.answered) + 50), "deliveries", pause=0.01)
        stored = [r["webhook_id"] for r in home.rows("select webhook_id from sync.webhooks")]
        assert len(stored) == len({*stored}) and sender.answered <= {*stored}
        # Whoever is not answered with 200 is asked to come again.
        assert sender.statuses <= {0, 503}
        durable.stop()
        try:
            with httpx.Client(timeout=10) as client:
                assert sender.send(client, "late", b"{}") == 503
                assert (
                    client.get(f"{url}/readyz").status_code == 503 and client.get(f"{url}/healthz").status_code == 200
                )
                durable.restart("immediate")
                home.reconnect()
                assert sender.send(client, "late", b"{}") == client.get(f"{url}/readyz").status_code == 200
        finally:
            home.reconnect()


def is_ahead(sender: Sender, count: int) -> bool:
    return len(sender.answered) >= count


def test_a_wrong_password_ends_a_runner_at_once(durable: postgres.Server, home: House) -> None:
    rules = durable.data / "pg_hba.conf"
    trusting = rules.read_text()
    home.do("create role clerk login password 'right'")
    try:
        rules.write_text(f"local all clerk scram-sha-256\n{trusting}")
        home.do("select pg_reload_conf()")
        done = shelfwire(make_conninfo(durable.dsn, user="clerk", password="wrong"), "run")
        expect(done, 3, "out of reach", "password authentication failed")
        assert "postgres.awaited" not in done.stderr
    finally:
        rules.write_text(trusting)
        home.do("select pg_reload_conf()")
        home.do("drop role clerk")


def in_recovery(server: postgres.Server, wanted: bool) -> None:
    """From its next start on the server recovers for ever, and takes no connections; or no longer."""
    signal, settings = server.data / "standby.signal", server.data / "postgresql.auto.conf"
    if wanted:
        signal.touch()
        settings.write_text(settings.read_text() + "hot_standby = off\n")
    else:
        signal.unlink(missing_ok=True)
        settings.write_text(settings.read_text().replace("hot_standby = off\n", ""))


def refused_as_not_ready(server: postgres.Server) -> None:
    """It is there, and says that it is not ready."""
    with pytest.raises(psycopg.OperationalError, match=r"not accepting connections|starting up"):
        psycopg.connect(server.dsn)


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
    """The names of what a runner logged, but for runs: the schedule of one may come at any time."""
    return [line["event"] for line in lines(log) if not line["event"].startswith("run.")]
