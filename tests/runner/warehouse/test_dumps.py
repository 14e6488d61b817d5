"""Dumps of the warehouse and of the whole database restore, and what is restored is captured or named."""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from house.warehouse import MAPPING
from runner.schema import drift
from runner.warehouse import adapter
from runner.warehouse.mapping import MappingFile
from tests.conftest import Make
from tests.programs import programs
from tests.seeds import Shelf, rows, value

PAGE = (Path(__file__).parents[3] / "docs" / "operating.md").read_text()
ITEMS = "select count(*) from warehouse.shipment_items"
OURS = "select count(*) from pg_trigger where tgname like 'sync\\_capture\\_%'"
Shell = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    """A function that runs a command line with the server's own programs; ``SOURCE`` and ``TARGET`` are databases."""

    def run(command: str, check: bool = True, **variables: str) -> subprocess.CompletedProcess[str]:
        path = f"{programs(variables['SOURCE'])}:{os.environ['PATH']}"
        done = subprocess.run(
            ["sh", "-c", command], cwd=tmp_path, env={**os.environ, "LC_ALL": "C", **variables, "PATH": path},
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert not check or (done.returncode == 0 and not done.stderr), done.stderr
        return done

    return run


def recipe(heading: str) -> str:
    """The commands below a heading of the page, with its names of databases as variables."""
    (text,) = re.findall(rf"## {heading}\n.*?```sh\n(.*?)```", PAGE, re.DOTALL)
    return str(text).replace("warehouse_db", '"$SOURCE"').replace("other_db", '"$TARGET"')


@pytest.fixture
def filled(shelf: Shelf) -> Shelf:
    shelf.stocked(3, 4)
    return shelf


def gaps(dsn: str) -> list[str]:
    with psycopg.connect(dsn) as connection:
        return [gap for (gap,) in rows(connection, "select gap from sync.capture_gaps order by 1")]


def count(dsn: str, statement: str) -> int:
    with psycopg.connect(dsn) as connection:
        return int(value(connection, statement))


@pytest.mark.parametrize("schema", ["warehouse", "public"])
@pytest.mark.parametrize("heading", ["A dump of the warehouse alone", "A dump of the warehouse alone, as a script"])
def test_the_warehouse_alone_restores_without_an_error(
    filled: Shelf, warehouse: str, make_database: Make, shell: Shell, heading: str, schema: str
) -> None:
    target = make_database(None)
    if schema == "public":
        filled.connection.execute("drop schema public; alter schema warehouse rename to public")
    shell(recipe(heading).replace("-n warehouse", f"-n {schema}"), SOURCE=warehouse, TARGET=target)
    assert count(target, ITEMS.replace("warehouse", schema)) == 7
    assert count(target, OURS) == 0


@pytest.mark.parametrize("heading", ["A dump of the warehouse alone", "A dump of the warehouse alone, as a script"])
def test_no_row_is_taken_for_a_trigger_and_no_encoding_for_a_binary_file(
    filled: Shelf, warehouse: str, make_database: Make, shell: Shell, heading: str
) -> None:
    target = make_database(None)
    names = ["ALTER TABLE x ENABLE ALWAYS TRIGGER sync_capture_1", "Café", "CREATE TRIGGER sync_capture_1", "Zoë"]
    c = filled.connection
    c.execute('create table warehouse."Prüfung" (name text)')
    for name in names:
        c.execute("insert into warehouse.products (sku, name) values (%s, %s)", (name, name))
    shell(recipe(heading), SOURCE=warehouse, TARGET=target, PGCLIENTENCODING="LATIN1", LC_ALL="C.UTF-8")
    with psycopg.connect(target) as copy:
        found = rows(copy, "select name from warehouse.products order by id desc limit 4")
        assert [name for (name,) in found] == names[::-1]
        assert value(copy, """select to_regclass('warehouse."Prüfung"') is not null""")


def test_a_restore_as_it_stands_loads_every_row_and_says_what_is_missing(
    filled: Shelf, warehouse: str, make_database: Make, shell: Shell
) -> None:
    target = make_database(None)
    done = shell('pg_dump -n warehouse "$SOURCE" | psql -q -d "$TARGET"', check=False, SOURCE=warehouse, TARGET=target)
    assert count(target, ITEMS) == 7
    errors = [line for line in done.stderr.splitlines() if "ERROR" in line]
    assert errors
    assert all('schema "sync" does not exist' in line or "sync_capture" in line for line in errors)


@pytest.mark.parametrize("heading", ["A dump of everything", "A dump of everything, without data"])
def test_everything_restores_and_a_copy_is_attached_as_it_stands(
    filled: Shelf, warehouse: str, make_database: Make, shell: Shell, heading: str
) -> None:
    target = make_database(None)
    shell(recipe(heading), SOURCE=warehouse, TARGET=target)
    assert drift.check(target) == [
        "the schema is at revision none, this code needs 0002: run shelfwire db upgrade"
    ] or (drift.check(target) == [])
    if "without" in heading:
        assert count(target, ITEMS) == 0
        return
    assert gaps(target) == []
    notes = asyncio.run(adapter.attach(target, MappingFile(MAPPING)))
    assert notes == ["This mapping is attached already; nothing was changed."]
    with psycopg.connect(target, autocommit=True) as copy:
        copy.execute("select sync.relay_changes()")
        copy.execute("update warehouse.shipment_items set status = 'sold' where product_id = 1")
        assert value(copy, "select count(*) from sync.queued_products where product_key = '1'") > 0
        # It is another table than the one that was looked at: everything is looked at once.
        copy.execute("select sync.check_capture()")
        assert value(copy, "select count(*) from sync.queued_changes where op = 'recheck' and entity = 'product'") == 1


def test_the_warehouse_is_restored_over_itself_and_no_row_is_doubled(
    filled: Shelf, warehouse: str, shell: Shell
) -> None:
    dump = 'pg_dump -Fc -n warehouse "$SOURCE" > before.dump'
    shell(dump, SOURCE=warehouse)
    filled.sell("1", 2)
    filled.product("LATER", 5)
    shell(recipe("The warehouse restored over itself"), SOURCE=warehouse)
    c = filled.connection
    assert rows(c, "select product_id, count(*) from warehouse.shipment_items group by 1 order by 1") == [
        {"product_id": 1, "count": 3}, {"product_id": 2, "count": 4},
    ]  # fmt: skip
    # Its triggers came with it, and what the tables are has changed: everything is looked at.
    assert gaps(warehouse) == []
    filled.drain()
    c.execute("select sync.check_capture()")
    assert ("product", "recheck", None, None) in filled.queue()
    filled.relay()
    c.execute("update warehouse.shipment_items set status = 'lost' where product_id = 2")
    assert ("product", "update", "2", None) in filled.queue()


def test_tables_restored_without_their_triggers_are_named_and_attach_mends(
    filled: Shelf, warehouse: str, shell: Shell
) -> None:
    shell('pg_dump -Fc -n warehouse "$SOURCE" > before.dump', SOURCE=warehouse)
    shell(
        "pg_restore -l before.dump | grep -v ' TRIGGER .* sync_capture_' > list; "
        'pg_restore --clean --if-exists -L list -d "$SOURCE" before.dump',
        SOURCE=warehouse,
    )
    assert "update of warehouse.shipment_items fires no trigger" in gaps(warehouse)
    filled.connection.execute("select sync.check_capture()")
    assert value(filled.connection, "select count(*) from sync.open_alerts where rule = 'capture_gap'") == 4
    assert "Attached: 4 tables" in asyncio.run(adapter.attach(warehouse, MappingFile(MAPPING)))[0]
    assert gaps(warehouse) == []


def test_rows_loaded_are_captured_or_while_triggers_are_off_found_and_attach_mends(
    filled: Shelf, warehouse: str, shell: Shell
) -> None:
    shell('pg_dump -Fc --data-only -t warehouse.shipment_items "$SOURCE" > rows.dump', SOURCE=warehouse)
    c = filled.connection
    c.execute("select sync.check_capture()")
    c.execute("delete from warehouse.shipment_items")
    filled.relay()
    filled.drain()
    shell('pg_restore --data-only -d "$SOURCE" rows.dump', SOURCE=warehouse)
    assert {(op, key) for _, op, key, _ in filled.queue()} == {("insert", "1"), ("insert", "2")}
    assert gaps(warehouse) == []
    c.execute("delete from warehouse.shipment_items")
    filled.relay()
    filled.drain()
    shell('pg_restore --disable-triggers --data-only -d "$SOURCE" rows.dump', SOURCE=warehouse)
    assert gaps(warehouse) != []  # Triggers are on again, but no longer for sessions that replicate.
    c.execute("select sync.check_capture()")
    assert ("product", "recheck", None, None) in filled.queue()
    assert "Attached" in asyncio.run(adapter.attach(warehouse, MappingFile(MAPPING)))[0]
    assert gaps(warehouse) == []
