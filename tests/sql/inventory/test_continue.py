"""A job goes on with what has become pending in its lane, and knows when to end."""

from __future__ import annotations

import psycopg
import pytest

from tests.seeds import FRONT, Shelf, level, rows, value

LANE = "push_inventory_%s_0"
GO_ON = "select settled, next_keys from sync.continue_push(%s, 0, %s, %s, %s, %s)"


def pend(shelf: Shelf, urgency: int, *keys: str) -> None:
    shelf.connection.execute(
        "insert into sync.pending (shop_id, key, lane, urgency, since) "
        "select %s, k, 0, %s, now() from unnest(%s::text[]) as k",
        (shelf.shop, urgency, list(keys)),
    )


def start(shelf: Shelf) -> tuple[int, int]:
    """Pack a job and claim its lane, as PgQueuer and a runner do; returns the job and the generation."""
    shelf.connection.execute("select sync.pack_jobs()")
    job = int(value(shelf.connection, "update pgqueuer.pgqueuer set status = 'picked' returning id"))
    return job, int(shelf.claim(job=job)[0]["generation"])


def go_on(shelf: Shelf, job: int, generation: int, *keys: str, may: bool = True) -> tuple[int, list[str]]:
    (found,) = rows(shelf.connection, GO_ON, shelf.shop, job, generation, list(keys), may)
    return found["settled"], found["next_keys"]


def packed(shelf: Shelf) -> int:
    return int(value(shelf.connection, "select sync.pack_jobs()"))


def test_a_job_goes_on_with_250_keys_at_a_time_falling_stock_first(shelf: Shelf) -> None:
    """I8."""
    pend(shelf, 1_000_000, "a")
    job, generation = start(shelf)
    pend(shelf, 1_000_000, *(f"r{n}" for n in range(260)))
    pend(shelf, 3, "f")
    assert packed(shelf) == 0  # they wait for the job that runs
    settled, keys = go_on(shelf, job, generation, "a")
    assert (settled, len(keys), keys[0]) == (1, 250, "f")
    settled, rest = go_on(shelf, job, generation, *keys)
    assert (settled, len(rest)) == (250, 11)
    assert go_on(shelf, job, generation, *rest) == (11, [])
    # PgQueuer has yet to note its end, but the lane is free.
    pend(shelf, 1_000_000, "late")
    assert packed(shelf) == 1


def test_it_ends_when_another_job_of_its_lane_waits_or_the_runner_stops(shelf: Shelf) -> None:
    pend(shelf, 1_000_000, "a")
    job, generation = start(shelf)
    pend(shelf, 1_000_000, "b")
    assert go_on(shelf, job, generation, "a", may=False) == (1, [])
    assert packed(shelf) == 1
    pend(shelf, 1_000_000, "c")
    shelf.connection.execute("update sync.lanes set job_id = %s where lane = 0", (job,))
    assert go_on(shelf, job, generation) == (0, [])
    assert shelf.pending()["c"]["job_id"] is None


def test_it_ends_when_the_shop_is_not_to_be_called(shelf: Shelf) -> None:
    pend(shelf, 1_000_000, "a")
    job, generation = start(shelf)
    pend(shelf, 1_000_000, "b")
    shelf.connection.execute("select sync.note_failure(%s, 1, 'HTTP_503', 'No.', true)", (shelf.shop,))
    assert go_on(shelf, job, generation, "a") == (1, [])
    assert shelf.pending()["b"]["job_id"] is None


def test_what_a_job_was_refused_is_left_to_the_next_when_it_changes(shelf: Shelf) -> None:
    """I2: a job does not send again what it was refused; a change of it must not end with that job."""
    pend(shelf, 1_000_000, "a")
    job, generation = start(shelf)
    refuse = "select sync.refuse(%s, 'a', %s, 'NO', 'm', 'r', %s, null)"
    shelf.connection.execute(refuse, (shelf.shop, FRONT, job))
    shelf.connection.execute("update sync.pending set job_id = null")  # it changed again
    assert go_on(shelf, job, generation, "a") == (0, [])
    assert packed(shelf) == 1


def test_a_job_that_lingers_keeps_its_lane_and_takes_what_comes(shelf: Shelf) -> None:
    """I4."""
    pend(shelf, 1_000_000, "a")
    job, generation = start(shelf)
    linger = "select settled, next_keys from sync.continue_push(%s, 0, %s, %s, '{a}', true, true)"
    assert rows(shelf.connection, linger, shelf.shop, job, generation) == [{"settled": 1, "next_keys": None}]
    pend(shelf, 1_000_000, "b")
    assert packed(shelf) == 0
    assert dict(shelf.relay()) == {"relayed": 0, "packed": 0, "waiting": [LANE % shelf.shop]}
    assert go_on(shelf, job, generation) == (0, ["b"])


def test_the_last_request_is_noted_with_the_end_of_its_keys(shelf: Shelf) -> None:
    """I2: or neither is."""
    (key,) = shelf.stocked(5)
    shelf.sell(key)
    shelf.relay()
    job = int(shelf.pending()[key]["job_id"])
    lane = int(value(shelf.connection, "select sync.lane_of(%s)", key))
    (push,) = shelf.plan([key], lane=lane, job=job)
    generation = int(value(shelf.connection, "select max(generation) from sync.lanes"))
    note = "select settled from sync.continue_push(%s, %s, %s, %s, %s, true, false, %s, '{}', %s)"
    call = '{"document": "X", "milliseconds": 1, "reserved": 1}'
    arguments = (shelf.shop, lane, job, generation + 1, [key], push["request_id"], call)
    with pytest.raises(psycopg.errors.DatabaseError, match="taken over"):
        shelf.connection.execute(note.encode(), arguments)
    assert value(shelf.connection, "select state from sync.requests") == "open"
    assert value(shelf.connection, "select count(*) from sync.calls") == 0
    arguments = (shelf.shop, lane, job, generation, [key], push["request_id"], call)
    assert value(shelf.connection, note, *arguments) == 1
    assert value(shelf.connection, "select document from sync.calls") == "X"
    assert value(shelf.connection, "select state from sync.requests") == "applied"
    assert level(shelf, key)["available"] == 4


def test_the_last_call_is_logged_once_however_many_requests_follow(shelf: Shelf) -> None:
    keys = shelf.stocked(5, 5)
    pend(shelf, 1, *keys)
    for key in keys:
        shelf.sell(key)
    job, generation = start(shelf)
    shelf.connection.execute("update sync.budgets set level = 500, capacity = 1000, restore_rate = 0.001")
    call = '{"document": "X", "milliseconds": 1, "reserved": 50, "actual": 10}'
    next_round = "select * from sync.continue_push(%s, 0, %s, %s, '{}', true, p_call => %s, p_size => 1, p_cost => 30)"
    found = rows(shelf.connection, next_round, shelf.shop, job, generation, call)
    assert [r["entries"] for r in found] == [1, 1]
    assert value(shelf.connection, "select count(*) from sync.calls") == 1
    assert value(shelf.connection, "select level from sync.budgets") == pytest.approx(510, abs=0.5)


def test_a_probe_that_was_answered_closes_the_circuit(shelf: Shelf) -> None:
    pend(shelf, 1, "a")
    job, generation = start(shelf)
    shelf.connection.execute(
        "insert into sync.circuits (shop_id, state, failures, class, message, opened_at, next_probe_at, probe_job_id) "
        "values (%s, 'half-open', 5, 'X', 'm', now(), now(), %s)",
        (shelf.shop, job),
    )
    call = '{"document": "X", "request_id": 1, "milliseconds": 1, "reserved": 1}'
    end = "select next_keys from sync.continue_push(%s, 0, %s, %s, '{a}', true, p_call => %s)"
    assert value(shelf.connection, end, shelf.shop, job, generation, call) == []
    assert value(shelf.connection, "select state from sync.circuits") == "closed"


def test_what_changes_while_a_job_ends_is_neither_settled_nor_waited_for(shelf: Shelf, warehouse: str) -> None:
    """I2."""
    pend(shelf, 1_000_000, "a", "b")
    job, generation = start(shelf)
    with psycopg.connect(warehouse) as relay:
        relay.execute("update sync.pending set job_id = null where key = 'b'")
        assert go_on(shelf, job, generation, "a", "b") == (1, [])
    assert shelf.pending().keys() == {"b"}
