"""I1: where a writer may not notify, the runner looks by itself, and nothing of ours fails a transaction or is lost."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.errors import ProgramLimitExceeded

from house import postgres
from house.crew import Crew, Work
from house.sandbox import running
from house.warehouse import RECEIVE, furnish
from runner.schema import revisions
from tests.house.house import House

PRODUCTS = 10
# As small as can be: 512 kB, a payload almost fills a page.
PAGES = 64
PAYLOAD = "x" * 7900
UNTIL = "select pg_sequence_last_value('sync.asleep_until')"
USED = "select pg_notification_queue_usage()"
LOGGED = "select count(*) from sync.change_log"
# A runner that did nothing but poll would see nothing in time.
SELDOM = {"SHELFWIRE_POLL_INTERVAL": "60"}
SOON = 5.0
LOOKING = (
    "select count(*) from pg_stat_activity "
    "where query like '%sync.await_changes%' and state = 'active' and wait_event = 'PgSleep'"
)
# One more than a transaction may change before a single entry stands for all of them.
MANY = 5001


@pytest.fixture(scope="module")
def small() -> Iterator[postgres.Server]:
    """A server with a small notification queue, and the reference warehouse attached."""
    with postgres.serve({"max_connections": "60", "max_notify_queue_pages": str(PAGES)}) as server:
        revisions.upgrade(server.dsn)
        furnish(server.dsn)
        yield server


@pytest.fixture(scope="module")
def home(small: postgres.Server) -> Iterator[House]:
    """A house on that server; every test leaves it in step."""
    with running("--products", str(PRODUCTS), "--variants-per-product", "1", "--unlimited") as sandbox:
        house = House(small.dsn, sandbox)
        house.furnish()
        yield house
        house.close()


def test_a_full_notification_queue_fails_no_writer_and_stops_no_runner(home: House, tmp_path: Path) -> None:
    with (tmp_path / "log").open("wb") as log, home.runner(log=log):
        sleeps(home, notified=True)
        with listening(home.dsn) as fill:
            fill(0.6)
            sleeps(home, notified=False)
            assert doctor(home, "waking")["state"] == "warning"
            fill(1)
            with pytest.raises(ProgramLimitExceeded, match="too many notifications"):
                home.do("select pg_notify('application', %s)", PAYLOAD)
            assert "Postgres is at a limit: too many notifications" in doctor(home, "notifications")["message"]
            write(home)
            home.do("select sync.raise_alert('run_failed', null, 'a schedule', 'No.')")
            home.wait_quiet()
            assert home.offered() == home.shelf()
            assert home.value(USED) > 0.9
            sleeps(home, notified=False)
        # It has drained.
        sleeps(home, notified=True)
        assert doctor(home, "waking")["state"] == "ok"
        write(home)
        home.wait_quiet()
    assert home.offered() == home.shelf()
    events = {json.loads(line)["event"] for line in (tmp_path / "log").read_text().splitlines()}
    # A schedule may have come meanwhile.
    assert events - {"run.begun", "run.read"} == {"runner.started", "runner.stopping", "runner.stopped"}


def test_a_transaction_is_prepared_while_the_runner_sleeps_and_seen_when_it_is_committed(
    small: postgres.Server, home: House
) -> None:
    home.do("alter system set max_prepared_transactions = 10")
    small.restart()
    home.reconnect()
    with home.runner():
        home.receive("SKU-000004", MANY)
        home.receive("SKU-000005", 3)
        home.wait_quiet()
        before, last = home.value(LOGGED), home.value("select max(id) from sync.change_log")
        sleeps(home, notified=False)
        finding = doctor(home, "waking")
        assert finding["state"] == "ok" and "max_prepared_transactions is 10" in finding["message"]
        kept = ("update warehouse.shipment_items set status = 'sold' where product_id = 4", *edits(5))
        prepare(home.dsn, "kept", *kept)
        prepare(home.dsn, "dropped", *edits(6))
        # Others write, the queues take turns, and the runner is another one by the time of the commit.
        home.receive("SKU-000007", 4)
        turn = "select from sync.relay_changes(0, 500000, 0)"
        home.wait_until(lambda: bool(home.rows(turn)), "a pass that lets the queues take turns")
        home.receive("SKU-000008", 5)
        home.wait_quiet()
        assert (home.offered()["SKU-000004"], home.offered()["SKU-000005"]) == (MANY, 3)
    with home.runner(SELDOM), home.runner(SELDOM):
        home.wait_until(lambda: home.listeners() == 2 and bool(home.value(LOOKING)), "one of two runners to look")
        assert max(home.value(LOOKING) for _ in range(200)) == 1
        home.do("rollback prepared 'dropped'")
        home.do("commit prepared 'kept'")
        home.wait_until(lambda: home.value(LOGGED) > before + 2, "the relay", SOON)
    with home.runner():
        home.wait_quiet()
    assert (home.offered()["SKU-000004"], home.offered()["SKU-000005"]) == (0, 4)
    assert home.offered() == home.shelf()
    # One entry for the many, and one of each statement on the other product; none of what was rolled back.
    changes = home.rows(
        "select replace(w.relation, 'warehouse.', ''), c.op, c.key from sync.change_log as c "
        "join sync.watches as w using (watch) where c.id > %s order by c.id", last
    )  # fmt: skip
    assert [tuple(change.values()) for change in changes] == [
        ("shipment_items", "insert", "7"), ("shipment_items", "insert", "8"), ("shipment_items", "bulk", None),
        ("shipment_items", "insert", "5"), ("shipment_items", "delete", "5"), ("products", "update", "5"),
    ]  # fmt: skip


def edits(product: int) -> tuple[str, ...]:
    """Statements of every kind on the units of a product, which has one more of them afterwards."""
    return (
        RECEIVE % {"shipment": 1, "product": product, "hall": 1, "units": 2},
        f"delete from warehouse.shipment_items where id = (select max(id) from warehouse.shipment_items "
        f"where product_id = {product})",
        f"update warehouse.products set name = 'another' where id = {product}",
    )


def prepare(dsn: str, name: str, *statements: str) -> None:
    """Run a transaction and prepare it."""
    with psycopg.connect(dsn) as connection:
        for statement in statements:
            connection.execute(statement.encode())
        connection.execute(f"prepare transaction '{name}'".encode())


def write(home: House) -> None:
    """Writers, of whom some find the runner asleep and some awake. None fails."""
    crew = Crew(home.dsn)

    def writer(product: int, pause: float) -> Work:
        def work(connection: psycopg.Connection[Any]) -> None:
            for _ in crew.pauses(pause):
                unit = {"shipment": 1, "hall": 1, "product": product, "units": 1}
                connection.execute(RECEIVE.encode(), unit)
                crew.count(1)

        return work

    with crew.working(writer(1, 0.6), writer(2, 0.6), writer(3, 0.05)):
        crew.wait(2.0)
    assert crew.errors == [] and crew.changes > 20


@contextmanager
def listening(dsn: str) -> Iterator[Any]:
    """A session that listens and keeps a transaction open; yields a function that fills the queue up to a share."""
    with psycopg.connect(dsn, autocommit=True) as listener, psycopg.connect(dsn, autocommit=True) as other:
        listener.execute("listen application")
        listener.execute("begin")
        listener.execute("select 1")

        def fill(share: float) -> None:
            numbers = itertools.count()
            try:
                while other.execute(USED).fetchone() < (share,):  # type: ignore[operator]
                    other.execute("select pg_notify('application', %s)", (f"{next(numbers)}{PAYLOAD}",))
            except ProgramLimitExceeded:
                assert share == 1

        yield fill
        listener.execute("rollback")


def sleeps(home: House, *, notified: bool) -> None:
    """Wait until the relay sleeps, and says that it is to be notified, or that it looks."""
    home.wait_until(lambda: (home.value(UNTIL) or 0) * (1 if notified else -1) > 0, f"a relay to sleep, {notified=}")


def doctor(home: House, check: str) -> dict[str, Any]:
    """What the doctor finds."""
    found = json.loads(home.shelfwire("doctor", "--json").stdout)
    (finding,) = (one for one in found if one["check"] == check)
    return dict(finding)
