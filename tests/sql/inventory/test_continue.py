"""A job goes on with what has become pending in its lane, and knows when to end."""

from __future__ import annotations

import psycopg
import pytest

from tests.seeds import BACK, FRONT, Shelf, level, value

LANE = "inventory_%s_0"


def pend(shelf: Shelf, urgency: int, *keys: str) -> None:
    shelf.connection.execute(
        "insert into sync.pending (shop_id, kind, key, lane, urgency, since) "
        "select %s, 'inventory', k, 0, %s, now() from unnest(%s::text[]) as k",
        (shelf.shop, urgency, list(keys)),
    )


def start(shelf: Shelf) -> tuple[int, str]:
    """Pack a job and claim its lane, as PgQueuer and a runner do; returns the job and its turn."""
    shelf.connection.execute("select sync.pack_jobs()")
    job = int(value(shelf.connection, "update pgqueuer.pgqueuer set status = 'picked' returning id"))
    return job, shelf.turn(job=job)


def go_on(shelf: Shelf, turn: str, *keys: str, then: str = "go on") -> tuple[int, list[str]]:
    (found,) = shelf.advance(turn, *keys, then=then)
    assert found["step"] == ("take" if found["keys"] else "end")
    return found["settled"], found["keys"]


def packed(shelf: Shelf) -> int:
    return int(value(shelf.connection, "select sync.pack_jobs()"))


def test_a_job_goes_on_with_250_keys_at_a_time_falling_stock_first(shelf: Shelf) -> None:
    """I8."""
    pend(shelf, 1_000_000, "a")
    _, turn = start(shelf)
    pend(shelf, 1_000_000, *(f"r{n}" for n in range(260)))
    pend(shelf, 3, "f")
    assert packed(shelf) == 0  # they wait for the job that runs
    settled, keys = go_on(shelf, turn, "a")
    assert (settled, len(keys), keys[0]) == (1, 250, "f")
    settled, rest = go_on(shelf, turn, *keys)
    assert (settled, len(rest)) == (250, 11)
    assert go_on(shelf, turn, *rest) == (11, [])
    # PgQueuer has yet to note its end, but the lane is free.
    pend(shelf, 1_000_000, "late")
    assert packed(shelf) == 1


def test_it_ends_when_another_job_of_its_lane_waits_or_the_runner_stops(shelf: Shelf) -> None:
    pend(shelf, 1_000_000, "a")
    job, turn = start(shelf)
    pend(shelf, 1_000_000, "b")
    assert go_on(shelf, turn, "a", then="end") == (1, [])
    assert packed(shelf) == 1
    pend(shelf, 1_000_000, "c")
    shelf.connection.execute("update sync.lanes set job_id = %s where lane = 0", (job,))
    assert go_on(shelf, turn) == (0, [])
    assert shelf.pending()["c"]["job_id"] is None


def test_it_ends_when_the_shop_is_not_to_be_called(shelf: Shelf) -> None:
    pend(shelf, 1_000_000, "a")
    _, turn = start(shelf)
    pend(shelf, 1_000_000, "b")
    shelf.connection.execute("select sync.note_failure(%s, 1, 'HTTP_503', 'No.', true)", (shelf.shop,))
    assert go_on(shelf, turn, "a") == (1, [])
    assert shelf.pending()["b"]["job_id"] is None


def test_what_a_job_was_refused_is_left_to_the_next_when_it_changes(shelf: Shelf) -> None:
    """I2: a job does not send again what it was refused; a change of it must not end with that job."""
    pend(shelf, 1_000_000, "a")
    job, turn = start(shelf)
    refuse = "select sync.refuse(%s, 'inventory', 'a', %s::text, 'NO', 'm', %s, null)"
    shelf.connection.execute(refuse, (shelf.shop, FRONT, job))
    shelf.connection.execute("update sync.pending set job_id = null")  # it changed again
    assert go_on(shelf, turn, "a") == (0, [])
    assert packed(shelf) == 1


def test_a_job_that_lingers_keeps_its_lane_and_takes_what_comes(shelf: Shelf) -> None:
    """I4."""
    pend(shelf, 1_000_000, "a")
    _, turn = start(shelf)
    (step,) = shelf.advance(turn, "a", then="linger")
    assert (step["step"], step["settled"], step["keys"]) == ("linger", 1, None)
    pend(shelf, 1_000_000, "b")
    assert packed(shelf) == 0
    done = shelf.relay()
    assert (done["relayed"], done["packed"], done["waiting"]) == (0, 0, [LANE % shelf.shop])
    assert go_on(shelf, turn) == (0, ["b"])


def test_the_last_request_is_noted_with_the_end_of_its_keys(shelf: Shelf) -> None:
    """I2: or neither is."""
    (key,) = shelf.stocked(5)
    shelf.sell(key)
    shelf.relay()
    job = int(shelf.pending()[key]["job_id"])
    lane = int(value(shelf.connection, "select sync.lane_of(%s, 4)", key))
    (push,) = shelf.prepared([key], lane=lane, job=job)
    generation = int(value(shelf.connection, "select max(generation) from sync.lanes"))
    applied = {
        "request_id": push["request_id"],
        "answer": {},
        "call": {"document": "X", "milliseconds": 1, "reserved": 1},
    }
    with pytest.raises(psycopg.errors.DatabaseError, match="taken over"):
        shelf.advance(shelf.turn_of(generation + 1, lane, job), key, applied=applied)
    assert value(shelf.connection, "select state from sync.requests") == "open"
    assert value(shelf.connection, "select count(*) from sync.calls") == 0
    (step,) = shelf.advance(shelf.turn_of(generation, lane, job), key, applied=applied)
    assert (step["step"], step["settled"]) == ("end", 1)
    assert value(shelf.connection, "select document from sync.calls") == "X"
    assert value(shelf.connection, "select state from sync.requests") == "applied"
    assert level(shelf, key)["available"] == 4


def test_the_last_call_is_logged_once_however_many_requests_follow(shelf: Shelf) -> None:
    keys = shelf.stocked(5, 5)
    pend(shelf, 1, *keys)
    for key in keys:
        shelf.sell(key)
    _, turn = start(shelf)
    shelf.connection.execute("update sync.budgets set level = 500, capacity = 1000, restore_rate = 0.001")
    shelf.connection.execute("update sync.kinds set batch_size = 1")
    call = {"document": "X", "milliseconds": 1, "reserved": 50, "actual": 10}
    shelf.connection.execute("update sync.pending set job_id = null")
    shelf.see(keys[0], BACK, 3)  # one product, two requests
    take, *sends = shelf.advance(turn, applied={"request_id": 0, "answer": {}, "call": call}, cost=30)
    assert [step["step"] for step in (take, *sends)] == ["take", "send", "send"]
    assert [step["wait_seconds"] is None for step in sends] == [False, True]
    assert value(shelf.connection, "select count(*) from sync.calls") == 1
    assert value(shelf.connection, "select level from sync.budgets") == pytest.approx(510, abs=0.5)


def test_a_probe_that_was_answered_closes_the_circuit(shelf: Shelf) -> None:
    pend(shelf, 1, "a")
    job, turn = start(shelf)
    shelf.connection.execute(
        "insert into sync.circuits (shop_id, state, failures, class, message, opened_at, next_probe_at, probe_job_id) "
        "values (%s, 'half-open', 5, 'X', 'm', now(), now(), %s)",
        (shelf.shop, job),
    )
    call = {"document": "X", "request_id": 1, "milliseconds": 1, "reserved": 1}
    (step,) = shelf.advance(turn, "a", applied={"request_id": 0, "answer": {}, "call": call})
    assert step["step"] == "end"
    assert value(shelf.connection, "select state from sync.circuits") == "closed"


def test_what_changes_while_a_job_ends_is_neither_settled_nor_waited_for(shelf: Shelf, warehouse: str) -> None:
    """I2."""
    pend(shelf, 1_000_000, "a", "b")
    _, turn = start(shelf)
    with psycopg.connect(warehouse) as relay:
        relay.execute("update sync.pending set job_id = null where key = 'b'")
        assert go_on(shelf, turn, "a", "b") == (1, [])
    assert shelf.pending().keys() == {"b"}
