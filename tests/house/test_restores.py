"""Restores under a runner at work, by those who own little, on other servers, from old dumps."""

from __future__ import annotations

import os
import subprocess
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.rows import dict_row

from house import postgres
from house.warehouse import attach
from runner.schema import drift, repair
from tests.cli.test_errors import expect, shelfwire
from tests.house.house import House
from tests.programs import programs
from tests.runner.warehouse.test_dumps import recipe
from tests.seeds import FRONT, Shelf, rows, value

DUMP = 'pg_dump -Fc -n warehouse "$SOURCE" > before.dump'
OVER = recipe("The warehouse restored over itself")
EVERYTHING, COPIED = recipe("A dump of everything").splitlines()
STOCK = "select product_id, status, count(*) from warehouse.shipment_items group by 1, 2 order by 1, 2"


class Desk:
    """A folder in which somebody types what makes and restores dumps of a database."""

    def __init__(self, folder: Path, dsn: str) -> None:
        self._folder = folder
        self._path = f"{programs(dsn)}:{os.environ['PATH']}"
        self.dsn = dsn

    def type(self, line: str, target: str = "") -> subprocess.CompletedProcess[str]:
        """Run it, up to the first command that fails."""
        environment = os.environ | {"SOURCE": self.dsn, "TARGET": target, "PATH": self._path, "LC_ALL": "C"}
        return subprocess.run(
            ["sh", "-ec", line], cwd=self._folder, env=environment, capture_output=True, text=True, check=False
        )

    def does(self, line: str, target: str = "") -> None:
        """Run it; nothing fails and nobody complains."""
        done = self.type(line, target)
        assert (done.returncode, done.stderr) == (0, ""), done


@pytest.fixture
def stocked(shelf: Shelf) -> Shelf:
    """Two linked products with units that the shop knows."""
    shelf.stocked(3, 5)
    return shelf


@pytest.fixture
def desk(tmp_path: Path, stocked: Shelf, warehouse: str) -> Desk:
    return Desk(tmp_path, warehouse)


@pytest.fixture
def elsewhere() -> Iterator[postgres.Server]:
    """Another server, which has none of our roles."""
    with postgres.serve({"fsync": "off"}) as server:
        yield server


def seen(dsn: str, statement: str = STOCK) -> list[Any]:
    with psycopg.connect(dsn) as connection:
        return rows(connection, statement)


def works(dsn: str) -> None:
    """What is restored there is as ``sql/`` says, captures, counts and knows what is to be pushed."""
    assert drift.check(dsn) == []
    assert seen(dsn, "select gap from sync.capture_gaps") == []
    with psycopg.connect(dsn, autocommit=True, row_factory=dict_row) as connection:
        copy = Shelf(connection, value(connection, "select id from sync.shops"))
        copy.settle()
        copy.sell("1", 2)
        copy.relay()
        assert copy.pending().keys() == {"1"}
        found = rows(connection, "select product_key, available from sync.available_inventory order by 1")
        assert [(r["product_key"], r["available"]) for r in found] == [("1", 1), ("2", 5)]


def errors(said: str) -> list[str]:
    """What pg_restore could not do, a line for each."""
    return [line for line in said.splitlines() if line.startswith("pg_restore: error: could not execute query")]


def test_a_shop_is_in_step_after_a_restore_under_a_runner_and_nothing_was_offered_that_was_not(
    house: House, tmp_path: Path
) -> None:
    skus = sorted(house.offered())
    for sku in skus:
        house.receive(sku, 3)
    desk = Desk(tmp_path, house.dsn)
    with house.runner():
        house.wait_quiet()
        desk.does(DUMP)
        for sku in skus[:5]:
            house.sell(sku, 1)
        house.wait_quiet()
        last = house.value("select max(id) from sync.requests")
        desk.does(OVER)
        # As a runner does by itself within a minute.
        house.do("select sync.check_capture()")
        house.wait_until(lambda: house.offered() == house.shelf(), "the shop as it was when the dump was made")
        house.wait_quiet()
    assert set(house.offered().values()) == {3}
    sent = house.rows(
        "select distinct e.quantity from sync.requests as r cross join sync.level_entries(r.variables) as e "
        "where r.id > %s",
        last,
    )
    assert [row["quantity"] for row in sent] == [3]


def test_a_schema_that_was_dropped_with_all_that_depends_on_it_is_restored(stocked: Shelf, desk: Desk) -> None:
    desk.does(DUMP)
    before = seen(desk.dsn)
    stocked.sell("1", 2)
    stocked.see("1", FRONT, 1)
    stocked.connection.execute("drop schema warehouse cascade")
    assert {line.partition(" warehouse.")[0] for line in drift.check(desk.dsn)} == {"there is no table"}
    desk.does('pg_restore --single-transaction -d "$SOURCE" before.dump')
    assert seen(desk.dsn) == before
    stocked.settle()
    stocked.connection.execute("select sync.check_capture()")
    stocked.relay()
    assert stocked.pending().keys() == {"1"}
    # Now the shop knows of it.
    stocked.see("1", FRONT, 3)
    works(desk.dsn)


def test_an_old_dump_whose_triggers_call_what_is_no_more_changes_nothing_or_is_mended_by_attach(
    stocked: Shelf, desk: Desk
) -> None:
    desk.does(DUMP)
    before = seen(desk.dsn)
    stocked.connection.execute("drop function sync.capture_1_insert() cascade")
    stocked.sell("1")
    missing = "function sync.capture_1_insert() does not exist"
    done = desk.type(OVER)
    assert done.returncode == 1 and missing in done.stderr
    assert seen(desk.dsn) != before
    done = desk.type(OVER.replace("--single-transaction", ""))
    assert len(errors(done.stderr)) == 1 and missing in done.stderr
    assert seen(desk.dsn) == before
    attach(desk.dsn)
    works(desk.dsn)


def test_everything_is_restored_by_an_owner_who_is_no_superuser(desk: Desk, empty: str) -> None:
    name, password = f"owner_{uuid.uuid4().hex}", uuid.uuid4().hex
    role, copy = sql.Identifier(name), sql.Identifier(str(conninfo_to_dict(empty)["dbname"]))
    with psycopg.connect(desk.dsn, autocommit=True) as connection:
        connection.execute(sql.SQL("create role {} login password {}").format(role, sql.Literal(password)))
        connection.execute(sql.SQL("grant all on database {} to {}").format(copy, role))
        try:
            owned = make_conninfo(empty, user=name, password=password)
            desk.does(EVERYTHING)
            desk.does(COPIED.replace("pg_restore", "pg_restore --no-owner"), owned)
            assert repair.upgrade(owned) == []
            attach(owned)
            works(owned)
        finally:
            with psycopg.connect(empty, autocommit=True) as there:
                there.execute(sql.SQL("drop owned by {} cascade").format(role))
            connection.execute(sql.SQL("drop role {}").format(role))


@pytest.mark.parametrize("option", [pytest.param("", marks=pytest.mark.long), "--no-privileges"])
def test_on_a_server_without_our_roles_at_most_grants_fail_and_upgrade_gives_them(
    desk: Desk, elsewhere: postgres.Server, option: str
) -> None:
    desk.does(EVERYTHING)
    done = desk.type(COPIED.replace("pg_restore", f"pg_restore --no-owner {option}"), elsewhere.dsn)
    said = errors(done.stderr)
    assert (done.returncode == 0) == (said == []) == bool(option)
    assert all('role "sync_runner" does not' in line or 'role "sync_reporting" does not' in line for line in said)
    assert seen(elsewhere.dsn) == seen(desk.dsn)
    assert "grants to Shelfwire's roles were missing" in "\n".join(repair.upgrade(elsewhere.dsn))
    attach(elsewhere.dsn)
    works(elsewhere.dsn)


def test_upgrade_says_what_a_dump_without_data_lacks_and_that_helps(desk: Desk, empty: str) -> None:
    desk.does(recipe("A dump of everything, without data"), empty)
    expect(shelfwire(empty, "db", "upgrade"), 3, "without the rows that it begins with", "shelfwire uninstall")
    assert shelfwire(empty, "uninstall", "--yes").returncode == 0
    assert repair.upgrade(empty) == []
    attach(empty)
    assert drift.check(empty) == []
    assert seen(empty, "select gap from sync.capture_gaps") == []
