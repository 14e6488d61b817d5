"""The circuit of a shop: calls are held back while the shop fails, and one probe at a time looks whether it is back."""

from __future__ import annotations

from datetime import timedelta

import psycopg

from tests.seeds import Connection, Shelf, rows, value

DUE = "update sync.circuits set next_probe_at = clock_timestamp()"


def fail(shelf: Shelf, job: int = 1, *, refused: bool = False) -> str:
    failure = "select sync.note_failure(%s, %s, 'HTTP_503', 'No.', %s)"
    return str(value(shelf.connection, failure, shelf.shop, job, refused))


def enter(shelf: Shelf, job: int) -> str:
    return str(value(shelf.connection, "select sync.enter_circuit(%s, 'inventory', %s)", shelf.shop, job))


def state(connection: Connection) -> str:
    return str(value(connection, "select circuit from sync.sync_health"))


def succeed(shelf: Shelf) -> None:
    shelf.connection.execute("select sync.note_success(%s)", (shelf.shop,))


def test_the_fifth_failure_in_a_row_opens_it_and_one_that_refuses_the_shop_at_once(shelf: Shelf) -> None:
    assert state(shelf.connection) == "closed"
    assert [fail(shelf) for _ in range(4)] == ["closed"] * 4
    succeed(shelf)
    assert [fail(shelf) for _ in range(5)] == ["closed"] * 4 + ["open"]
    (health,) = rows(shelf.connection, "table sync.sync_health")
    assert (health["circuit"], health["circuit_reason"]) == ("open", "HTTP_503: No.")
    succeed(shelf)
    assert fail(shelf, refused=True) == "open"


def test_failures_far_apart_do_not_open_it(shelf: Shelf) -> None:
    for _ in range(6):
        assert fail(shelf) == "closed"
        shelf.connection.execute("update sync.circuits set failed_at = failed_at - interval '301 seconds'")


def test_while_it_is_open_nothing_is_packed_and_the_keys_of_a_job_that_ends_wait(shelf: Shelf) -> None:
    one, other = shelf.stocked(5, 5)
    shelf.sell(one)
    assert shelf.relay()["packed"] == 1
    job = shelf.pending()[one]["job_id"]
    fail(shelf, refused=True)
    assert enter(shelf, job) == "held"
    shelf.sell(other)
    assert (shelf.relay()["packed"], shelf.relay()["packed"]) == (0, 0)
    shelf.connection.execute("delete from pgqueuer.pgqueuer")  # a job that is held ends
    stages = rows(shelf.connection, "select distinct stage from sync.pending_changes")
    assert stages == [{"stage": "waits for its lane"}]
    shelf.connection.execute(DUE)
    assert shelf.relay()["packed"] > 0


def test_one_probe_is_let_through_and_the_same_job_again(shelf: Shelf) -> None:
    fail(shelf, refused=True)
    shelf.connection.execute(DUE)
    assert [enter(shelf, job) for job in (7, 8, 7)] == ["probe", "held", "probe"]
    assert state(shelf.connection) == "half-open"
    # A job that began before says nothing new; the probe does.
    assert (fail(shelf, 8), fail(shelf, 7)) == ("half-open", "open")
    assert enter(shelf, 7) == "held"


def test_probes_that_fail_come_ever_later_but_within_ninety_seconds(shelf: Shelf) -> None:
    fail(shelf, refused=True)
    waits: list[timedelta] = []
    for job in range(1, 10):
        shelf.connection.execute(DUE)
        assert enter(shelf, job) == "probe"
        assert fail(shelf, job) == "open"
        waits.append(value(shelf.connection, "select next_probe_at - failed_at from sync.circuits"))
    assert waits[0] < timedelta(seconds=3.1) < timedelta(seconds=29) < waits[-1] < timedelta(seconds=91)


def test_a_read_closes_it_unless_a_request_waits_for_its_answer(shelf: Shelf) -> None:
    (key,) = shelf.stocked(5)
    shelf.sell(key)
    request = shelf.prepared([key])[0]["request_id"]
    fail(shelf, refused=True)
    shelf.call()
    assert state(shelf.connection) == "open"
    shelf.call(request_id=request)
    assert state(shelf.connection) == "closed"
    shelf.answer(request, "applied")
    fail(shelf, refused=True)
    shelf.call()
    assert state(shelf.connection) == "closed"


def test_a_probe_that_had_nothing_to_send_lets_another_look_at_once(shelf: Shelf) -> None:
    fail(shelf, refused=True)
    shelf.connection.execute(DUE)
    assert enter(shelf, 7) == "probe"
    assert shelf.advance(shelf.turn(job=7), then="end")[0]["step"] == "end"
    assert [enter(shelf, job) for job in (8, 9)] == ["probe", "held"]
    assert shelf.advance(shelf.turn(job=8))[0]["step"] == "end"
    assert [enter(shelf, job) for job in (9, 10)] == ["probe", "held"]


def test_an_answer_closes_it_and_wakes_the_relay(shelf: Shelf, warehouse: str) -> None:
    fail(shelf, refused=True)
    with psycopg.connect(warehouse, autocommit=True) as listener:
        listener.execute("listen sync_changes")
        shelf.call(error_class="THROTTLED")
        assert (state(shelf.connection), list(listener.notifies(timeout=0.05))) == ("open", [])
        shelf.call()
        assert state(shelf.connection) == "closed"
        assert len(list(listener.notifies(timeout=5, stop_after=1))) == 1
        shelf.call()
        assert list(listener.notifies(timeout=0.05)) == []
    assert enter(shelf, 1) == "closed"


def test_a_shop_that_was_removed_has_no_circuit(shelf: Shelf) -> None:
    shelf.connection.execute("delete from sync.shops")
    noted = rows(shelf.connection, "select sync.note_failure(%s, 1, 'X', 'm') as state", shelf.shop)
    assert noted == [{"state": None}]
    assert enter(shelf, 1) == "closed"
