"""Tables in parts: whatever becomes of their parts, what is written there is captured or named."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from house.warehouse import MAPPING
from runner.warehouse import adapter
from runner.warehouse.mapping import MappingFile
from tests.runner.warehouse.conftest import STOCK, attach_parts
from tests.runner.warehouse.mappings import written
from tests.runner.warehouse.sight import alerts, gaps, levels, relay
from tests.seeds import Shelf, value


@pytest.mark.parametrize(
    ("ddl", "units"),
    [
        ("alter table warehouse.parts detach partition warehouse.back", 10),
        ("drop table warehouse.back", 10),
        (
            "create table warehouse.more (like warehouse.parts including defaults); "
            "insert into warehouse.more (product_id, location_id, units) select id, 1, 5 from warehouse.products; "
            "update warehouse.more set location_id = 2; alter table warehouse.parts detach partition warehouse.back; "
            "alter table warehouse.parts attach partition warehouse.more for values in (2)",
            15,
        ),
        ("drop view warehouse.counted; alter table warehouse.parts alter units type integer using units * 2; "
         "create view warehouse.counted as select product_id as product, location_id as location, units as available "
         "from warehouse.parts", 60),
        ("alter table warehouse.parts drop units cascade; alter table warehouse.parts add units integer default 3; "
         "create view warehouse.counted as select product_id as product, location_id as location, units as available "
         "from warehouse.parts", 6),
    ],
)  # fmt: skip
def test_rows_that_come_go_or_change_by_a_definition_are_looked_at_within_a_minute(
    parts: Shelf, ddl: str, units: int
) -> None:
    parts.connection.execute(ddl.encode())
    relay(parts)
    parts.connection.execute("select sync.watch_alerts()")
    relay(parts)
    assert set(levels(parts).values()) == {units}
    assert set(parts.pending()) == set(parts.items)


def test_a_new_partition_is_captured_from_its_first_row(parts: Shelf) -> None:
    parts.connection.execute(
        "insert into warehouse.locations (id, name) overriding system value values (3, 'C'); "
        "create table warehouse.third partition of warehouse.parts for values in (3); "
        "insert into warehouse.third (product_id, location_id, units) values (1, 3, 7)"
    )
    assert parts.queue() == [("product", "insert", "1", None)]
    # But for a truncate of this partition alone, which attach learns of.
    assert gaps(parts) == ["truncate of warehouse.third fires no trigger"]


def test_a_partition_that_is_detached_and_attached_again_is_captured_again(parts: Shelf) -> None:
    c = parts.connection
    c.execute("alter table warehouse.parts detach partition warehouse.back")
    c.execute("update warehouse.back set units = 1")
    assert parts.queue() == []
    c.execute("alter table warehouse.parts attach partition warehouse.back for values in (2)")
    c.execute("update warehouse.back set units = 2 where product_id = 1")
    assert parts.queue() == [("product", "update", "1", None)]
    assert gaps(parts) == []


def test_a_watched_table_may_become_a_partition_of_another(parts: Shelf, warehouse: str, tmp_path: Path) -> None:
    """Both are watched, and a partition is given the row triggers of its parent."""
    c = parts.connection
    c.execute("alter table warehouse.parts detach partition warehouse.back")
    text = MAPPING.read_text()
    path = written(
        tmp_path,
        text[: text.index("[items]")] + f'[stock]\nsql = "{STOCK}"\n[watch]\n"warehouse.parts" = "product_id"\n'
        '"warehouse.back" = "product_id"\n',
    )
    asyncio.run(adapter.attach(warehouse, MappingFile(path)))
    parts.drain()
    c.execute("alter table warehouse.parts attach partition warehouse.back for values in (2)")
    c.execute("update warehouse.back set units = 2 where product_id = 1")
    assert set(parts.queue()) == {("product", "update", "1", None)}
    asyncio.run(adapter.attach(warehouse, MappingFile(path)))
    assert gaps(parts) == []


def test_rows_whose_key_cannot_be_read_are_noted_once(parts: Shelf) -> None:
    c = parts.connection
    c.execute("drop view warehouse.counted; alter table warehouse.parts rename product_id to article_id")
    c.execute(
        "insert into warehouse.parts (article_id, location_id) select 1, 1 + n % 2 from generate_series(1, 100) as n"
    )
    assert parts.drain() == [("product", "unread", None, None)]
    c.execute("update warehouse.parts set units = 1; delete from warehouse.parts")
    assert parts.drain() == [("product", "unread", None, None)]


def test_a_partition_with_triggers_switched_off_is_named_and_mended(
    parts: Shelf, warehouse: str, tmp_path: Path
) -> None:
    parts.connection.execute("alter table warehouse.back disable trigger all")
    assert len(gaps(parts)) == 4 and {gap[-8:] for gap in gaps(parts)} == {"disabled"}
    assert "Attached" in attach_parts(warehouse, tmp_path)[0]
    assert gaps(parts) == []
    assert "already" in attach_parts(warehouse, tmp_path)[0]


def test_a_child_that_comes_later_is_named_and_watched_by_the_next_attach(
    parts: Shelf, warehouse: str, tmp_path: Path
) -> None:
    c = parts.connection
    c.execute("create table warehouse.plain (id serial, product_id integer not null, units integer)")
    stock = "select product_id as product, 1 as location, units as available from warehouse.plain"
    attach_parts(warehouse, tmp_path, stock, "warehouse.plain")
    relay(parts)
    c.execute("create table warehouse.child () inherits (warehouse.plain)")
    c.execute("insert into warehouse.child (product_id, units) values (1, 4)")
    assert parts.queue() == []
    assert gaps(parts) == [
        f"{e} of warehouse.child fires no trigger" for e in ("delete", "insert", "truncate", "update")
    ]
    ((message, remedy),) = alerts(parts, "capture_gap")
    assert "warehouse.child" in message and "shelfwire attach" in remedy
    relay(parts)
    assert levels(parts) == {"1": 4, "2": 0}
    attach_parts(warehouse, tmp_path, stock, "warehouse.plain")
    parts.drain()
    c.execute("insert into warehouse.child (product_id, units) values (2, 4)")
    assert parts.queue() == [("product", "insert", "2", None)]
    # It may leave again, and be dropped, and its stock with it.
    c.execute("alter table warehouse.child no inherit warehouse.plain")
    c.execute("select sync.watch_alerts()")
    relay(parts)
    assert levels(parts) == {"1": 0, "2": 0}
    c.execute("drop table warehouse.child")


@pytest.fixture
def owner(parts: Shelf) -> Iterator[str]:
    """A role that owns the table in parts, and nothing else; attached is by a superuser."""
    role = sql.Identifier(f"owner_{uuid.uuid4().hex}")
    c = parts.connection
    c.execute(
        sql.SQL(
            "create role {0}; grant all on schema warehouse to {0}; alter table warehouse.parts owner to {0}"
        ).format(role)
    )
    yield role.as_string(c)
    c.execute(sql.SQL("reset role; drop owned by {0} cascade; drop role {0}").format(role))


def test_an_owner_that_has_not_attached_may_add_partitions(
    parts: Shelf, warehouse: str, tmp_path: Path, owner: str
) -> None:
    attach_parts(warehouse, tmp_path)
    with psycopg.connect(warehouse, autocommit=True) as application:
        application.execute(f"set role {owner}".encode())
        application.execute("create table warehouse.third partition of warehouse.parts for values in (3)")
    assert gaps(parts) == ["truncate of warehouse.third fires no trigger"]
    parts.connection.execute("alter table warehouse.parts owner to pg_monitor")
    assert "pg_monitor, who owns warehouse.parts, may not add partitions to it" in gaps(parts)
    attach_parts(warehouse, tmp_path)
    assert gaps(parts) == []


def test_a_foreign_table_that_inherits_makes_no_write_fail(parts: Shelf, warehouse: str, tmp_path: Path) -> None:
    """Postgres gives triggers no table of changed rows where one of them may be foreign."""
    c = parts.connection
    at = conninfo_to_dict(warehouse)
    c.execute(
        "create extension postgres_fdw; create server here foreign data wrapper postgres_fdw "
        f"options (host '{at['host']}', port '{at['port']}', dbname '{at['dbname']}'); "
        f"create user mapping for current_user server here options (user '{at['user']}'); "
        "create table warehouse.far (id serial, product_id integer not null, units integer); "
        "create table warehouse.plain (like warehouse.far including all); "
        "create foreign table warehouse.elsewhere () inherits (warehouse.plain) server here "
        "options (table_name 'far')".encode()
    )
    stock = "select product_id as product, units as available from only warehouse.plain"
    attach_parts(warehouse, tmp_path, stock, "warehouse.plain")
    parts.drain()
    c.execute("insert into warehouse.plain (product_id, units) values (1, 4)")
    c.execute("insert into warehouse.far (product_id, units) values (2, 4)")
    c.execute("delete from warehouse.plain")
    assert value(c, "select count(*) from warehouse.far") == 0
    assert {entry[1:3] for entry in parts.queue()} == {("insert", "1"), ("delete", "1")}
