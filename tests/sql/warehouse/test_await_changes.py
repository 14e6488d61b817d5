"""Where nobody is notified, one runner looks: what it waits for, and how a relay says which way it is."""

from __future__ import annotations

import threading
import time

import psycopg
import pytest

from tests.seeds import Shelf, rows, value

AWAIT = "select sync.await_changes(%s)"
UNTIL = "select pg_sequence_last_value('sync.asleep_until')"


@pytest.mark.parametrize("queue", [0, 1])
def test_a_change_in_either_queue_is_seen_at_once(shelf: Shelf, queue: int) -> None:
    shelf.connection.execute("select setval('sync.active_queue', %s)", (queue,))
    shelf.product("A")
    began = time.monotonic()
    assert value(shelf.connection, AWAIT, 60.0) is True
    assert time.monotonic() - began < 5


def test_none_is_waited_for_no_longer_than_told(shelf: Shelf) -> None:
    began = time.monotonic()
    assert value(shelf.connection, AWAIT, 0.1) is False
    assert 0.1 <= time.monotonic() - began < 5
    assert value(shelf.connection, AWAIT, 0.0) is False


def test_what_is_committed_meanwhile_ends_the_wait_and_what_is_not_does_not(shelf: Shelf, warehouse: str) -> None:
    found: list[bool] = []

    def wait() -> None:
        with psycopg.connect(warehouse, autocommit=True) as runner:
            found.append(value(runner, AWAIT, 60.0))

    waiting = threading.Thread(target=wait)
    with psycopg.connect(warehouse) as writer:
        writer.execute("insert into warehouse.products (sku, name) values ('A', 'A')")
        waiting.start()
        waiting.join(0.2)
        assert waiting.is_alive()
        writer.commit()
        waiting.join(5)
    assert found == [True]


def test_one_runner_looks_and_the_others_are_told_so_at_once(shelf: Shelf, warehouse: str) -> None:
    shelf.product("A")
    with psycopg.connect(warehouse) as one:
        assert value(one, AWAIT, 60.0) is True
        assert value(shelf.connection, AWAIT, 60.0) is None
        one.rollback()
        assert value(shelf.connection, AWAIT, 60.0) is True


def test_a_relay_that_does_not_sleep_says_nothing_of_sleepers(shelf: Shelf) -> None:
    shelf.connection.execute("select sync.note_sleep(7)")
    assert value(shelf.connection, "select notified from sync.relay_changes()") is False
    assert value(shelf.connection, UNTIL) == 7


def test_whoever_sleeps_is_notified_unless_transactions_may_be_prepared(shelf: Shelf) -> None:
    """I1: a transaction that has notified cannot be prepared."""
    may_prepare = value(shelf.connection, "show max_prepared_transactions") != "0"
    assert rows(shelf.connection, "select notified from sync.relay_changes(60)") == [{"notified": not may_prepare}]
    until = value(shelf.connection, UNTIL)
    assert (until < 0) == may_prepare
    assert abs(until) > value(shelf.connection, "select extract(epoch from now())")
    shelf.product("A")
    shelf.relay()
    assert value(shelf.connection, UNTIL) == 0
