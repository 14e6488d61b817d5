"""Logical replication into and out of an attached database, and an attach among two hundred writers."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from house import postgres, warehouse
from runner.schema import revisions
from tests import servers
from tests.seeds import rows, value

ITEMS = "warehouse.shipment_items"
WRITERS = 200
SECONDS = 20.0
# Seconds: no writer may be held up by an attach for so long.
PATIENCE = 3.0


@pytest.fixture(scope="module")
def logical() -> Iterator[str]:
    """A server from which and to which changes may be replicated; DSN of its first database."""
    settings = servers.SETTINGS | {
        "wal_level": "logical",
        "max_wal_senders": "4",
        "max_connections": str(WRITERS + 20),
        "wal_receiver_status_interval": "1s",
    }
    with postgres.serve(settings, servers.memory()) as server:
        yield server.dsn


def made(logical: str, name: str) -> str:
    """A new database of this server with the tables of the reference warehouse and two products."""
    with psycopg.connect(logical, autocommit=True) as c:
        c.execute(f"create database {name}".encode())
    dsn = make_conninfo(logical, dbname=name)
    warehouse.build(dsn)
    with psycopg.connect(dsn) as c:
        c.execute(
            "insert into warehouse.locations (name) values ('Front'); "
            "insert into warehouse.shipments (supplier) values ('S'); "
            "insert into warehouse.products (sku, name) select 'S-' || n, 'P' from generate_series(1, 2) as n"
        )
    return dsn


def until(condition: Callable[[], object]) -> None:
    """Wait for what another process of Postgres does."""
    end = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_a_subscription_is_named_until_attach_watches_it_row_by_row(logical: str) -> None:
    origin, target = made(logical, "origin"), made(logical, "target")
    revisions.upgrade(target)
    warehouse.attach(target)
    insert = (
        f"insert into {ITEMS} (shipment_id, product_id, location_id, status) values (1, %s, 1, 'received')".encode()
    )
    with psycopg.connect(origin, autocommit=True) as source, psycopg.connect(target, autocommit=True) as c:

        def arrived(units: int) -> Callable[[], bool]:
            return lambda: value(c, f"select count(*) from {ITEMS}") == units

        def drained() -> list[tuple[str, str | None]]:
            return sorted(rows(c, "delete from sync.change_queue_0 returning op, key"))

        drained()
        source.execute(f"create publication stock for table {ITEMS}, warehouse.order_items".encode())
        # Of the same server: it would wait for its own transaction to end.
        source.execute("select pg_create_logical_replication_slot('stock', 'pgoutput')")
        at = conninfo_to_dict(origin)
        c.execute(
            f"create subscription stock connection 'host={at['host']} port={at['port']} user={at['user']} "
            "dbname=origin' publication stock with (create_slot = false, copy_data = false)".encode()
        )
        try:
            source.execute(insert, (1,))
            until(arrived(1))
            assert drained() == []
            assert rows(c, "select gap from sync.capture_gaps") == [
                (f"a subscription writes {ITEMS}, which fires row triggers only",)
            ]
            c.execute("select sync.watch_alerts()")
            assert drained() == [("recheck", None), ("recheck", None)]
            warehouse.attach(target)
            assert rows(c, "select gap from sync.capture_gaps") == []
            drained()
            source.execute(insert, (2,))
            source.execute(f"update {ITEMS} set product_id = 2 where product_id = 1".encode())
            source.execute(f"delete from {ITEMS} where id = 1".encode())
            until(lambda: value(c, f"select max(id) = 2 and count(*) = 1 from {ITEMS}"))
            assert drained() == [("delete", "2"), ("insert", "2"), ("update", "2")]
            source.execute(f"truncate {ITEMS} cascade".encode())
            until(arrived(0))
            assert drained() == [("truncate", None)]
        finally:
            c.execute("alter subscription stock disable; alter subscription stock set (slot_name = none)")
            c.execute("drop subscription stock")


def test_everything_may_be_published_while_the_relay_empties_its_queues(logical: str) -> None:
    dsn = made(logical, "published")
    revisions.upgrade(dsn)
    warehouse.attach(dsn)
    with psycopg.connect(dsn, autocommit=True) as c:
        c.execute("create publication everything for all tables")
        c.execute(f"insert into {ITEMS} (shipment_id, product_id, location_id) values (1, 1, 1)".encode())
        assert value(c, "select relayed from sync.relay_changes()") == 3
        # What is updated or deleted needs an identity: a key, or the whole row.
        assert rows(
            c,
            "select c.oid::regclass::text from pg_class as c where c.relkind = 'r' and c.relreplident <> 'f' "
            "and c.relnamespace in ('sync'::regnamespace, 'pgqueuer'::regnamespace) "
            "and c.relname !~ '^change_log_[0-9]' "
            "and not exists (select from pg_index as i where i.indrelid = c.oid and i.indisprimary)",
        ) == []  # fmt: skip
        c.execute("select * from sync.relay_changes(0, 500000, 0)")
        c.execute("select sync.prune_logs()")


def test_an_attach_among_two_hundred_writers_makes_none_fail_and_misses_nothing(logical: str) -> None:
    dsn = made(logical, "crowded")
    revisions.upgrade(dsn)
    with psycopg.connect(dsn, autocommit=True) as c:
        c.execute(
            f"insert into {ITEMS} (shipment_id, product_id, location_id) "
            "select 1, 1, 1 from generate_series(1, %s)".encode(),
            (WRITERS,),
        )
        attached, stop = Event(), Event()
        # How often each has written since all is attached.
        written = [0] * WRITERS

        def write(item: int) -> float:
            """Returns the longest that a write took, in seconds."""
            longest = 0.0
            with psycopg.connect(dsn, autocommit=True) as writer:
                writer.execute(f"set lock_timeout = '{PATIENCE}s'".encode())
                while not stop.wait(0.1):
                    counts, begun = attached.is_set(), time.monotonic()
                    writer.execute(
                        f"update {ITEMS} set status = case status when 'sold' then 'lost' else 'sold' end "
                        "where id = %s".encode(),
                        (item,),
                    )
                    longest = max(longest, time.monotonic() - begun)
                    written[item - 1] += counts
            return longest

        with ThreadPoolExecutor(WRITERS) as pool:
            writers = [pool.submit(write, item) for item in range(1, WRITERS + 1)]
            until(lambda: value(c, "select count(*) from pg_stat_activity where datname = 'crowded'") > WRITERS)
            warehouse.attach(dsn)
            attached.set()
            until(lambda: sum(written) > WRITERS)
            stop.set()
            found = [writer.result() for writer in writers]
        queued = value(c, "select count(*) from sync.change_queue_0 where op = 'update'")
        assert queued >= sum(written) > WRITERS
        assert max(found) < PATIENCE
