"""Two queues take turns: nothing is lost on the way, and no dead row slows the relay."""

from __future__ import annotations

import threading

import psycopg

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
                runner.execute("select * from sync.relay_changes()")
                runner.execute("select sync.rotate_queue(0)")

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


def test_a_queue_that_has_grown_is_switched_drained_and_truncated(shelf: Shelf) -> None:
    key = shelf.stocked(3)[0]

    def rotate(grown: int = 1) -> str:
        return str(value(shelf.connection, "select sync.rotate_queue(%s)", grown))

    def active() -> int:
        return int(value(shelf.connection, "select pg_sequence_last_value('sync.active_queue')"))

    assert rotate(1_000_000) == "small"
    shelf.sell(key)
    assert (active(), rotate(), active()) == (0, "switched", 1)
    assert rotate() == "filled"
    shelf.sell(key)
    assert shelf.relay()["relayed"] == 2
    assert rotate() == "truncated"
    assert value(shelf.connection, "select pg_relation_size('sync.change_queue_0')") == 0
    assert (rotate(), active()) == ("switched", 0)


def test_a_queue_that_a_writer_holds_is_not_truncated(shelf: Shelf, warehouse: str) -> None:
    key = shelf.stocked(3)[0]
    with psycopg.connect(warehouse) as writer:
        writer.execute("update warehouse.shipment_items set status = 'sold' where id = 1")
        assert value(shelf.connection, "select sync.rotate_queue(0)") == "switched"
        assert value(shelf.connection, "select sync.rotate_queue(0)") == "busy"
        writer.commit()
    assert value(shelf.connection, "select sync.rotate_queue(0)") == "filled"
    assert shelf.relay()["relayed"] == 1
    assert logged(shelf) == [("update", key)]


def test_a_report_that_holds_vacuum_back_does_not_make_the_relay_read_dead_rows(shelf: Shelf, warehouse: str) -> None:
    key = shelf.stocked(3)[0]
    with psycopg.connect(warehouse) as report:
        report.execute("set transaction isolation level repeatable read")
        report.execute("select count(*) from warehouse.brands")
        for _ in range(4):
            shelf.connection.execute(
                "insert into sync.change_queue_0 (entity, op, key) select 'item', 'update', %s "
                "from generate_series(1, 20000)",
                (key,),
            )
            assert value(shelf.connection, "select sync.rotate_queue(0)") == "switched"
            shelf.relay()
            assert value(shelf.connection, "select sync.rotate_queue(0)") == "truncated"
            shelf.connection.execute("select setval('sync.active_queue', 0)")
        sizes = "select pg_relation_size('sync.change_queue_0') + pg_relation_size('sync.change_queue_1')"
        assert value(shelf.connection, sizes) == 0
