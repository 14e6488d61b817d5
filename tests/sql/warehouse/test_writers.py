"""Writers: nothing of ours makes the warehouse wait or fail (I1)."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import psycopg

from tests.seeds import Connection, Shelf, rows, value

ITEMS = "warehouse.shipment_items"
CROWD = 32
CROWD_SECONDS = 20.0
# Whoever waits for a lock of another: `extend` is Postgres adding a page to a table, and held for that moment only.
WAITS = (
    "select l.locktype, coalesce(l.relation::regclass::text, '') as relation from pg_locks as l "
    "where not l.granted and l.locktype <> 'extend' "
    "and l.database = (select oid from pg_database where datname = current_database())"
)


def test_the_queue_has_nothing_a_writer_could_wait_for(connection: Connection) -> None:
    found = rows(
        connection,
        """
        select c.relname, t.tgname, i.indexrelid::regclass::text, k.conname from pg_class as c
        left join pg_trigger as t on t.tgrelid = c.oid
        left join pg_index as i on i.indrelid = c.oid
        left join pg_constraint as k on k.conrelid = c.oid and k.contype <> 'n'
        where c.oid in ('sync.change_queue_0'::regclass, 'sync.change_queue_1'::regclass) order by 1
        """,
    )
    assert [list(row.values()) for row in found] == [
        ["change_queue_0", None, None, None],
        ["change_queue_1", None, None, None],
    ]


def test_two_writers_in_opposite_order_do_not_wait_for_each_other(stocked: Shelf, warehouse: str) -> None:
    with psycopg.connect(warehouse) as one, psycopg.connect(warehouse) as other:
        for writer in (one, other):
            writer.execute("set lock_timeout = '1ms'")
        one.execute(f"update {ITEMS} set status = 'sold' where id = 1".encode())
        other.execute(f"update {ITEMS} set status = 'sold' where id = 3".encode())
        # Each now touches a product the other one has queued.
        one.execute(f"update {ITEMS} set status = 'sold' where id = 4".encode())
        other.execute(f"update {ITEMS} set status = 'sold' where id = 2".encode())
        held = rows(
            one,
            "select distinct mode from pg_locks where relation::regclass::text like 'sync.%' and locktype = 'relation'",
        )
        assert {mode for (mode,) in held} <= {"RowExclusiveLock", "AccessShareLock"}
        one.commit()
        other.commit()
    assert len(stocked.queue()) == 4


def test_a_writer_waits_for_no_runner_and_fails_with_none(stocked: Shelf, warehouse: str) -> None:
    with psycopg.connect(warehouse) as runner, psycopg.connect(warehouse, autocommit=True) as writer:
        writer.execute("set lock_timeout = '1ms'")
        write = f"update {ITEMS} set status = case status when 'sold' then 'lost' else 'sold' end".encode()
        writer.execute(write)
        assert rows(runner, "select relayed from sync.relay_changes(1)") == [(4,)]
        writer.execute(write)
        runner.rollback()
        # Truncated and not committed: the writers have gone over to the other queue.
        assert rows(runner, "select relayed from sync.relay_changes(1, 500000, 0)") == [(8,)]
        assert value(runner, "select pg_relation_size('sync.change_queue_0')") == 0
        writer.execute(write)
        runner.rollback()
    assert value(stocked.connection, "select count(*) from sync.change_queue_1") == 4


def test_a_sleeping_runner_is_woken_and_an_awake_or_dead_one_is_not(stocked: Shelf, warehouse: str) -> None:
    with psycopg.connect(warehouse, autocommit=True) as listener:
        listener.execute("listen sync_changes")

        def notified() -> int:
            return len(list(listener.notifies(timeout=0.05)))

        stocked.sell("1")
        assert notified() == 0
        stocked.relay()
        stocked.connection.execute("select sync.relay_changes(60)")
        with stocked.connection.transaction(force_rollback=True):
            stocked.sell("1")
        assert notified() == 0
        stocked.sell("2")
        assert notified() == 1
        # The relay found work: it is awake.
        assert stocked.relay()["relayed"] == 1
        stocked.sell("2")
        assert notified() == 0
        stocked.relay()
        # It went to sleep and was never heard of again.
        stocked.connection.execute("select sync.relay_changes(60)")
        stocked.connection.execute("select sync.note_sleep(extract(epoch from now())::bigint - 1)")
        stocked.receive("1", 1)
        assert notified() == 0


def test_writers_in_opposite_orders_never_wait_for_us_and_lose_nothing(stocked: Shelf, warehouse: str) -> None:
    """I1, I2: 32 writers, each with units of its own of the same products, forwards or backwards, and a relay."""
    products, deadline = 20, time.monotonic() + CROWD_SECONDS
    stocked.connection.execute(
        "insert into warehouse.products (sku, name) select 'C-' || n, 'C' from generate_series(1, %s) as n", (products,)
    )
    stocked.connection.execute(
        f"insert into {ITEMS} (shipment_id, product_id, location_id, status, storage_position) "
        "select 1, p.id, 1, 'received', 'writer ' || w from warehouse.products as p, generate_series(1, %s) as w "
        "where p.sku like 'C-%%' order by w, p.id".encode(),
        (CROWD,),
    )
    stocked.relay()
    stocked.connection.execute("delete from sync.change_log")

    def write(number: int) -> int:
        written = 0
        with psycopg.connect(warehouse) as writer:
            writer.execute("set lock_timeout = '5s'")
            units = [
                i for (i,) in rows(writer, f"select id from {ITEMS} where storage_position = %s", f"writer {number}")
            ]
            units.sort(reverse=number % 2 == 0)
            while time.monotonic() < deadline:
                status = "sold" if written // products % 2 == 0 else "received"
                for unit in units:
                    writer.execute(f"update {ITEMS} set status = %s where id = %s".encode(), (status, unit))
                writer.commit()
                written += len(units)
        return written

    def relay() -> None:
        with psycopg.connect(warehouse, autocommit=True) as runner:
            while time.monotonic() < deadline:
                runner.execute("select sync.relay_changes(1, 500000, 0)")

    waits: list[tuple[str, str]] = []
    with ThreadPoolExecutor(CROWD + 1) as pool, psycopg.connect(warehouse, autocommit=True) as observer:
        writers = [pool.submit(write, number) for number in range(1, CROWD + 1)]
        relaying = pool.submit(relay)
        while not all(one.done() for one in writers):
            waits += rows(observer, WAITS)
        written = sum(one.result() for one in writers)
        relaying.result()
    while stocked.relay()["relayed"]:
        pass
    assert waits == []
    assert value(stocked.connection, "select deadlocks from pg_stat_database where datname = current_database()") == 0
    assert written > CROWD * products
    assert value(stocked.connection, "select count(*) from sync.change_log where op = 'update'") == written
