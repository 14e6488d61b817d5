"""What people and the doctor look at: how far behind it is, who runs, what is in the way."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row

from runner.db.driver import APPLICATION_NAME
from tests.conftest import Login
from tests.seeds import Connection, Shelf, rows, value


def backlog(shelf: Shelf) -> dict[str, Any]:
    (found,) = rows(shelf.connection, "table sync.backlog")
    return dict(found)


def test_the_backlog_counts_what_is_not_acknowledged_and_how_long_the_oldest_waits(shelf: Shelf) -> None:
    key, other = shelf.stocked(5, 5)
    nothing = {"queued": 0, "queued_for": None, "pending": 0, "pending_for": None, "jobs": 0, "relay_silent_for": None}
    assert backlog(shelf) == nothing
    shelf.sell(key)
    shelf.connection.execute("update sync.change_queue_0 set changed_at = now() - interval '3 minutes'")
    found = backlog(shelf)
    assert found["queued"] == 1 and timedelta(minutes=3) <= found["queued_for"] < timedelta(minutes=4)
    shelf.sell(other)
    shelf.relay()
    found = backlog(shelf)
    jobs = value(shelf.connection, "select count(distinct lane) from sync.pending")
    assert (found["queued"], found["pending"], found["jobs"]) == (0, 2, jobs)
    assert found["pending_for"] >= timedelta(minutes=3)


@pytest.mark.parametrize("way", [1, -1], ids=["notified", "looking"])
@pytest.mark.parametrize(("seconds", "silent"), [(-30, 29), (30, 0)])
def test_the_backlog_says_how_long_no_relay_was_heard_of(shelf: Shelf, seconds: int, silent: int, way: int) -> None:
    shelf.connection.execute(
        "select sync.note_sleep(%s * (extract(epoch from clock_timestamp())::bigint + %s))", (way, seconds)
    )
    found = value(shelf.connection, "select extract(epoch from relay_silent_for)::float8 from sync.backlog")
    assert silent <= found < silent + 10


def test_a_runner_and_its_trouble_are_seen_by_whoever_reads_reports(shelf: Shelf, warehouse: str, login: Login) -> None:
    runner = login("sync_runner")
    with (
        psycopg.connect(login("sync_reporting"), autocommit=True, row_factory=dict_row) as reader,
        psycopg.connect(runner, application_name=APPLICATION_NAME) as well,
        psycopg.connect(runner, application_name=f"{APPLICATION_NAME}: Postgres cannot write") as waiting,
        psycopg.connect(warehouse, application_name="another"),
    ):
        found = rows(reader, "select pid, role, trouble from sync.runners order by trouble nulls first")
        role = psycopg.conninfo.conninfo_to_dict(runner)["user"]
        assert found == [
            {"pid": well.info.backend_pid, "role": role, "trouble": None},
            {"pid": waiting.info.backend_pid, "role": role, "trouble": "Postgres cannot write"},
        ]


def test_a_lane_is_silent_when_its_work_has_waited_for_a_minute(shelf: Shelf) -> None:
    (key,) = shelf.stocked(5)
    shelf.sell(key)
    shelf.relay()
    silent = "select shop, kind, lane, pending from sync.silent_lanes"
    assert rows(shelf.connection, silent) == []
    shelf.connection.execute("update sync.pending set since = now() - interval '2 minutes'")
    lane = value(shelf.connection, "select lane from sync.pending")
    assert rows(shelf.connection, silent) == [
        {"shop": "one.myshopify.com", "kind": "inventory", "lane": lane, "pending": 1}
    ]
    shelf.connection.execute("update sync.lanes set claimed_at = now()")
    assert rows(shelf.connection, silent) == []


def test_the_change_log_has_the_partitions_of_a_week(connection: Connection) -> None:
    has = "select sync.has_log_partition(%s)"
    assert [value(connection, has, days) for days in (0, 1, 6, 30)] == [True, True, True, False]
