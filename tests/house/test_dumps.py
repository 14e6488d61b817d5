"""Dumps and restores, of the whole database and of the warehouse's schema, as docs/operating.md says."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo

from house import postgres
from house.warehouse import REFERENCE, attach
from runner.schema import drift, repair
from tests.cli.test_errors import expect, shelfwire
from tests.house.house import House
from tests.seeds import DOMAIN, Shelf, rows, value

PAGE = (Path(__file__).parents[2] / "docs" / "operating.md").read_text()
RECIPES = [block for block in re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL) if "pg_" in block]
WHOLE, COPIED, SCHEMA, LISTED, PLAIN, BACK = RECIPES
# What the application owns, without its triggers: rows, and all that keeps them.
OWNED = """
select 'constraint', conname, pg_get_constraintdef(oid) from pg_constraint
where connamespace = to_regnamespace('warehouse') and contype <> 'n'
union all
select 'index', indexname, indexdef from pg_indexes where schemaname = 'warehouse'
union all
select 'column', c.relname || '.' || a.attname, format_type(a.atttypid, a.atttypmod)
from pg_class as c join pg_attribute as a on a.attrelid = c.oid
where c.relnamespace = to_regnamespace('warehouse') and a.attnum > 0 and not a.attisdropped
union all
select 'product', id::text, sku from warehouse.products
union all
select 'item', id::text, status from warehouse.shipment_items
order by 1, 2, 3
"""
TRIGGERS = "select count(*) from pg_trigger where tgname like 'sync\\_capture\\_%'"


def programs(dsn: str) -> Path:
    """Where pg_dump of the server's own version is: another one's dumps need not load without a complaint."""
    with psycopg.connect(dsn) as connection:
        wanted = connection.info.server_version // 10_000
    found = shutil.which("pg_dump")
    for folder in (postgres.PROGRAMS, *([Path(found).parent] if found else [])):
        if all((folder / name).exists() for name in ("pg_dump", "pg_restore", "psql")):
            told = subprocess.run([folder / "pg_dump", "--version"], capture_output=True, text=True, check=True).stdout
            if f" {wanted}." in told:
                return folder
    pytest.skip(f"there is no pg_dump of Postgres {wanted}")


class Desk:
    """A folder, a database at work in it, and perhaps another that something is restored into."""

    def __init__(self, folder: Path, dsn: str) -> None:
        self.folder = folder
        self.dsn = dsn
        self.programs = programs(dsn)

    def type(self, recipe: str, copy: str = "") -> subprocess.CompletedProcess[str]:
        """Run what a page says, up to the first command that fails."""
        recipe = recipe.replace("example.myshopify.com", DOMAIN)
        path = os.pathsep.join([str(self.programs), str(Path(sys.executable).parent), os.environ["PATH"]])
        environment = os.environ | {"SHELFWIRE_DATABASE_URL": self.dsn, "COPY": copy, "PATH": path}
        script = f"set -euo pipefail\n{recipe.replace('warehouse.toml', str(REFERENCE / 'warehouse.toml'))}"
        return subprocess.run(
            ["bash", "-c", script], cwd=self.folder, env=environment, capture_output=True, text=True, check=False
        )

    def does(self, recipe: str, copy: str = "") -> None:
        """Run it; nothing fails and nobody complains."""
        done = self.type(recipe, copy)
        assert (done.returncode, done.stderr) == (0, ""), done


def seen(dsn: str, statement: str = OWNED) -> list[Any]:
    with psycopg.connect(dsn) as connection:
        return rows(connection, statement)


def triggers(dsn: str) -> int:
    with psycopg.connect(dsn) as connection:
        return int(value(connection, TRIGGERS))


def errors(said: str) -> list[str]:
    """What pg_restore could not do, a line for each."""
    return [line for line in said.splitlines() if line.startswith("pg_restore: error: could not execute query")]


@pytest.fixture
def desk(tmp_path: Path, warehouse: str) -> Desk:
    return Desk(tmp_path, warehouse)


@pytest.fixture
def stocked(shelf: Shelf) -> Shelf:
    """Two linked products with units that the shop knows."""
    shelf.stocked(3, 5)
    return shelf


@pytest.fixture
def elsewhere() -> Iterator[postgres.Server]:
    """Another server, which has none of our roles."""
    with postgres.serve({"fsync": "off"}) as server:
        yield server


def works(dsn: str) -> None:
    """What is restored there captures, counts and says what is to be pushed."""
    with psycopg.connect(dsn, autocommit=True, row_factory=psycopg.rows.dict_row) as connection:
        connection.execute("update sync.shops set mode = 'live'")
        copy = Shelf(connection, value(connection, "select id from sync.shops"))
        copy.settle()
        copy.sell("1", 2)
        copy.relay()
        assert copy.pending().keys() == {"1"}
        found = rows(connection, "select product_key, available from sync.available_inventory order by 1")
        assert [(r["product_key"], r["available"]) for r in found] == [("1", 1), ("2", 5)]
        assert rows(connection, "select gap from sync.capture_gaps") == []


def test_every_recipe_of_the_page_is_typed_here() -> None:
    assert [recipe.split()[0] for recipe in RECIPES] == [
        "pg_dump", "pg_restore", "pg_dump", "pg_restore", "pg_dump", "pg_restore",
    ]  # fmt: skip


def test_the_applications_dump_brings_all_but_our_triggers_and_the_error_names_the_schema(
    stocked: Shelf, desk: Desk, empty: str
) -> None:
    desk.does(SCHEMA)
    done = desk.type('pg_restore -d "$COPY" warehouse.dump', empty)
    assert done.returncode == 1
    said = errors(done.stderr)
    assert len(said) == triggers(desk.dsn) > 0
    assert all('schema "sync" does not exist' in line for line in said), said
    assert done.stderr.count("Command was: CREATE TRIGGER sync_capture_") == len(said)
    assert seen(empty) == seen(desk.dsn)
    assert triggers(empty) == 0


@pytest.mark.parametrize("recipe", [LISTED, PLAIN])
def test_the_applications_dump_loads_without_a_word(stocked: Shelf, desk: Desk, empty: str, recipe: str) -> None:
    stocked.connection.execute(
        "create function warehouse.touch() returns trigger language plpgsql as $$ begin return new; end $$; "
        "create trigger touched before update on warehouse.products for each row execute function warehouse.touch()"
    )
    desk.does(SCHEMA)
    desk.does(recipe, empty)
    assert seen(empty) == seen(desk.dsn)
    assert seen(empty, "select tgname from pg_trigger where not tgisinternal") == [("touched",)]


def test_the_applications_schema_alone_loads_without_its_rows(desk: Desk, empty: str) -> None:
    done = desk.type('pg_dump -s -n warehouse "$SHELFWIRE_DATABASE_URL" | psql -q -d "$COPY"', empty)
    assert done.returncode == 0
    complaints = [line for line in done.stderr.splitlines() if "ERROR" in line]
    assert complaints
    assert all('schema "sync"' in line or 'trigger "sync_capture_' in line for line in complaints), complaints
    assert seen(empty) == seen(desk.dsn)


def test_the_whole_database_is_restored_and_works(stocked: Shelf, desk: Desk, empty: str) -> None:
    desk.does(WHOLE)
    desk.does(COPIED, empty)
    assert seen(empty) == seen(desk.dsn)
    assert triggers(empty) == triggers(desk.dsn)
    assert drift.check(empty) == []
    assert seen(empty, "select mode from sync.shops") == [("off",)]
    works(empty)


def test_by_an_owner_who_is_no_superuser_the_whole_database_is_restored_and_works(
    stocked: Shelf, desk: Desk, empty: str
) -> None:
    # As where everything is one ordinary role's.
    name, password = f"owner_{uuid.uuid4().hex}", uuid.uuid4().hex
    role, copy = sql.Identifier(name), sql.Identifier(str(psycopg.conninfo.conninfo_to_dict(empty)["dbname"]))
    with psycopg.connect(desk.dsn, autocommit=True) as connection:
        connection.execute(sql.SQL("create role {} login password {}").format(role, sql.Literal(password)))
        connection.execute(sql.SQL("grant all on database {} to {}").format(copy, role))
        try:
            owned = make_conninfo(empty, user=name, password=password)
            desk.does(WHOLE)
            desk.does(COPIED, owned)
            assert drift.check(owned) == []
            works(owned)
        finally:
            with psycopg.connect(empty, autocommit=True) as there:
                there.execute(sql.SQL("drop owned by {} cascade").format(role))
            connection.execute(sql.SQL("drop role {}").format(role))


def test_on_a_server_without_our_roles_only_grants_fail_and_upgrade_gives_them(
    stocked: Shelf, desk: Desk, elsewhere: postgres.Server
) -> None:
    desk.does(WHOLE)
    done = desk.type('pg_restore --no-owner -d "$COPY" whole.dump', elsewhere.dsn)
    assert done.returncode == 1
    assert errors(done.stderr) and all(
        'role "sync_runner" does not exist' in line or 'role "sync_reporting" does not exist' in line
        for line in errors(done.stderr)
    )
    assert seen(elsewhere.dsn) == seen(desk.dsn)
    assert "grants to Shelfwire's roles were missing" in "\n".join(repair.upgrade(elsewhere.dsn))
    assert drift.check(elsewhere.dsn) == []
    attach(elsewhere.dsn)
    works(elsewhere.dsn)


def test_a_dump_of_the_schema_alone_loads_and_upgrade_says_what_it_lacks(desk: Desk, empty: str) -> None:
    desk.does('pg_dump -Fc -s -f schema.dump "$SHELFWIRE_DATABASE_URL"')
    desk.does('pg_restore -d "$COPY" schema.dump', empty)
    expect(shelfwire(empty, "db", "upgrade"), 3, "without the rows that it begins with", "shelfwire uninstall")
    # As it says.
    assert shelfwire(empty, "uninstall", "--yes").returncode == 0
    assert shelfwire(empty, "db", "upgrade").returncode == 0
    attach(empty)
    assert drift.check(empty) == []
    assert seen(empty, "select gap from sync.capture_gaps") == []


CLEAN = BACK.splitlines()[0]
DROPPED = """
psql -q -d "$SHELFWIRE_DATABASE_URL" -c 'set client_min_messages = warning' -c 'drop schema warehouse cascade'
pg_restore -d "$SHELFWIRE_DATABASE_URL" warehouse.dump
"""


@pytest.mark.parametrize("was_attached", [True, False], ids=["with our triggers", "without"])
@pytest.mark.parametrize("restore", [CLEAN, DROPPED], ids=["clean", "dropped"])
def test_the_applications_schema_is_restored_over_the_attached_one(
    stocked: Shelf, desk: Desk, restore: str, was_attached: bool
) -> None:
    c = stocked.connection
    desk.does(SCHEMA)
    if not was_attached:
        desk.does("""
            pg_restore -l warehouse.dump | grep -v ' TRIGGER .* sync_capture_' > contents
            pg_restore -L contents -f - warehouse.dump > plain.sql
        """)
        restore = (
            """
            psql -q -d "$SHELFWIRE_DATABASE_URL" -c 'set client_min_messages = warning' \
              -c 'drop schema warehouse cascade'
            psql -q -o /dev/null -v ON_ERROR_STOP=1 -d "$SHELFWIRE_DATABASE_URL" -f plain.sql
        """
            if restore is DROPPED
            else "pg_restore --clean --if-exists -L contents " + restore.partition("--if-exists")[2]
        )
    before = seen(desk.dsn)
    stocked.sell("1", 2)
    stocked.relay()
    stocked.see("1", 11, 1)
    stocked.settle()
    desk.does(restore)
    assert seen(desk.dsn) == before
    # It is seen before anybody does anything.
    assert value(c, "select sync.check_capture()") == 3
    stocked.relay()
    assert stocked.pending().keys() == {"1"}
    stocked.settle()
    desk.does(BACK.splitlines()[1])
    assert rows(c, "select gap from sync.capture_gaps") == []
    assert value(c, "select sync.check_capture()") == 0
    assert drift.check(desk.dsn) == []
    stocked.relay()
    assert stocked.pending().keys() == {"1"}
    stocked.settle()
    stocked.sell("2")
    stocked.relay()
    assert stocked.pending().keys() == {"2"}


def test_an_older_dump_whose_triggers_call_what_is_no_more_is_mended_by_attach(stocked: Shelf, desk: Desk) -> None:
    desk.does(SCHEMA)
    stocked.connection.execute("drop function sync.capture_1_insert() cascade")
    before = seen(desk.dsn)
    stocked.sell("1")
    missing = "function sync.capture_1_insert() does not exist"
    done = desk.type(CLEAN)
    assert done.returncode == 1 and missing in done.stderr
    assert seen(desk.dsn) != before
    done = desk.type(CLEAN.replace("--single-transaction", ""))
    assert len(errors(done.stderr)) == 1 and missing in done.stderr
    assert seen(desk.dsn) == before
    attach(desk.dsn)
    assert rows(stocked.connection, "select gap from sync.capture_gaps") == []
    assert drift.check(desk.dsn) == []


def test_a_shop_is_in_step_after_a_restore_under_a_runner_at_work_and_nothing_was_offered_that_was_not(
    house: House, tmp_path: Path
) -> None:
    skus = sorted(house.offered())
    for sku in skus:
        house.receive(sku, 3)
    desk = Desk(tmp_path, house.dsn)
    with house.runner():
        house.wait_quiet()
        desk.does(SCHEMA)
        for sku in skus[:5]:
            house.sell(sku, 1)
        house.wait_quiet()
        last = house.value("select max(id) from sync.requests")
        desk.does(BACK)
        house.wait_until(lambda: house.offered() == house.shelf(), "the shop as it was when the dump was made")
        house.wait_quiet()
    assert set(house.offered().values()) == {3}
    sent = house.rows(
        "select distinct e.quantity from sync.requests as r cross join sync.level_entries(r.variables) as e "
        "where r.id > %s",
        last,
    )
    assert [row["quantity"] for row in sent] == [3]
