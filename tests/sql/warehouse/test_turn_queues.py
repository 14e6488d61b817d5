"""Two queues take turns: nothing is lost on the way, and no dead row slows the relay."""

from __future__ import annotations

import threading
from typing import Any

import psycopg
import pytest

from tests.seeds import Shelf, rows, value


def logged(shelf: Shelf) -> list[tuple[str, str | None]]:
    return [(r["op"], r["key"]) for r in rows(shelf.connection, "select op, key from sync.change_log order by id")]


def test_writers_relays_and_turning_queues_together_lose_and_double_nothing(shelf: Shelf, warehouse: str) -> None:
    keys = shelf.stocked(*[2] * 8)
    stop = threading.Event()

    def write(key: str) -> None:
        with psycopg.connect(warehouse, autocommit=True) as writer:
            for n in range(60):
                with writer.transaction(force_rollback=n % 5 == 4):
                    writer.execute(
                        "update warehouse.shipment_items set storage_position = %s, "
                        "status = case status when 'sold' then 'received' else 'sold' end where id = %s",
                        (str(n), int(key) * 2),
                    )

    def relay() -> None:
        with psycopg.connect(warehouse, autocommit=True) as runner:
            while not stop.is_set():
                runner.execute("select * from sync.relay_changes(0, 500000, 0)")

    writers = [threading.Thread(target=write, args=(key,)) for key in keys[:4]]
    relays = [threading.Thread(target=relay) for _ in range(2)]
    for thread in writers + relays:
        thread.start()
    for thread in writers:
        thread.join()
    stop.set()
    for thread in relays:
        thread.join()
    while shelf.relay()["relayed"] > 0:
        pass
    found = rows(
        shelf.connection, "select key, count(*) as n, count(distinct xid) as x from sync.change_log group by 1"
    )
    assert {r["key"]: (r["n"], r["x"]) for r in found} == dict.fromkeys(keys[:4], (48, 48))
    assert shelf.queue() == []


def grown(connection: psycopg.Connection[Any]) -> int:
    """One pass for which every queue has grown; returns how many changes it relayed."""
    return int(value(connection, "select relayed from sync.relay_changes(0, 1, 0)"))


def size(shelf: Shelf, queue: int) -> int:
    return int(value(shelf.connection, f"select pg_relation_size('sync.change_queue_{queue}')"))


def active(shelf: Shelf) -> int:
    return int(value(shelf.connection, "select mod(pg_sequence_last_value('sync.active_queue'), 2)"))


def test_a_queue_that_has_grown_is_left_and_read_and_truncated_as_a_whole(shelf: Shelf) -> None:
    first, second = shelf.stocked(3, 3)
    shelf.sell(first)
    shelf.sell(second)
    assert shelf.relay()["relayed"] == 2
    assert (active(shelf), size(shelf, 0) > 0) == (0, True)  # it is small: its rows are taken one by one
    shelf.sell(first)
    shelf.sell(second)
    assert grown(shelf.connection) == 2
    assert (active(shelf), size(shelf, 0), size(shelf, 1)) == (1, 0, 0)
    shelf.sell(first)
    assert (grown(shelf.connection), active(shelf)) == (1, 0)
    assert logged(shelf) == [("update", key) for key in (first, second, first, second, first)]
    assert shelf.queue() == []


def test_a_queue_that_a_writer_holds_is_not_truncated(shelf: Shelf, warehouse: str) -> None:
    key, other = shelf.stocked(3, 3)
    shelf.sell(other)
    with psycopg.connect(warehouse) as writer:
        writer.execute("update warehouse.shipment_items set status = 'sold' where id = 1")
        # What is committed leaves row by row, and nothing waits.
        assert (grown(shelf.connection), active(shelf)) == (1, 1)
        assert (shelf.queue(), grown(shelf.connection)) == ([], 0)
        assert size(shelf, 0) > 0
        writer.commit()
    assert shelf.queue() == [("product", "update", key, None)]
    assert (grown(shelf.connection), size(shelf, 0)) == (1, 0)
    assert logged(shelf) == [("update", other), ("update", key)]


def test_what_came_after_the_relay_has_looked_stays(shelf: Shelf) -> None:
    """A writer may have read the sequence before the queues took turns, and write only now."""
    key = shelf.stocked(3)[0]
    shelf.sell(key)
    seen = value(shelf.connection, "select pg_current_snapshot()")
    shelf.sell(key)
    assert value(shelf.connection, "select sync.empty_queue(0, %s)", seen) == "deleted"
    assert shelf.queue() == [("product", "update", key, None)]
    assert value(shelf.connection, "select sync.empty_queue(0, pg_current_snapshot())") == "truncated"
    assert value(shelf.connection, "select sync.empty_queue(0, pg_current_snapshot())") == "empty"


def test_a_writer_that_was_rolled_back_leaves_nothing(shelf: Shelf, warehouse: str) -> None:
    shelf.stocked(3)
    with psycopg.connect(warehouse) as writer:
        writer.execute("update warehouse.shipment_items set status = 'sold' where id = 1")
        writer.rollback()
    assert (grown(shelf.connection), size(shelf, 0)) == (0, 0)


def test_a_report_that_holds_vacuum_back_does_not_make_the_relay_read_dead_rows(shelf: Shelf, warehouse: str) -> None:
    key = shelf.stocked(3)[0]
    with psycopg.connect(warehouse) as report:
        report.execute("set transaction isolation level repeatable read")
        report.execute("select count(*) from warehouse.brands")
        for _ in range(4):
            shelf.connection.execute(
                f"insert into sync.change_queue_{active(shelf)} (watch, op, key) select 2, 'update', %s "
                "from generate_series(1, 20000)".encode(),
                (key,),
            )
            assert shelf.relay()["relayed"] == 20000
            assert (size(shelf, 0), size(shelf, 1)) == (0, 0)


@pytest.mark.parametrize("queue", [0, 1])
def test_rows_restored_from_a_server_that_was_further_are_relayed_once(shelf: Shelf, queue: int) -> None:
    key = shelf.stocked(3)[0]
    shelf.connection.execute(
        f"insert into sync.change_queue_{queue} (watch, op, key, xid) values (2, 'update', %s, '99999999999')".encode(),
        (key,),
    )
    assert [grown(shelf.connection) for _ in range(3)] == [1, 0, 0]


def test_a_relay_that_sees_an_old_snapshot_truncates_nothing(shelf: Shelf, warehouse: str) -> None:
    """I2: it does not see who came since."""
    first, second = shelf.stocked(3, 3)
    shelf.sell(first)
    with psycopg.connect(warehouse) as runner:
        runner.execute("set transaction isolation level repeatable read")
        runner.execute("select 1")
        shelf.sell(second)
        assert grown(runner) == 1
    assert grown(shelf.connection) == 1
    assert logged(shelf) == [("update", first), ("update", second)]
