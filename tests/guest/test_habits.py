"""Habits of a database or a role: whatever is set there, everything works, or what is wrong is named at once."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from house import warehouse
from house.sandbox import Sandbox, running
from runner.db import Database
from runner.db.session import COMMAND, POOLED_RUNNER, RUNNER, Session
from tests.commands import run
from tests.house.house import House

SKU, OTHER = "SKU-000001", "SKU-000002"
# A path that leads astray: what is there has the names that everybody takes for Postgres' own.
ASTRAY = """
create schema astray;
create table astray.pg_class (one integer); create table astray.pg_tables (one integer);
create function astray.now() returns text language sql return 'never';
create function astray.clock_timestamp() returns text language sql return 'never';
create function astray.format(text, variadic text[]) returns text language sql return 'nothing';
"""
HABITS = {
    "Spanish dates, serializable": {
        "DateStyle": "SQL, DMY", "IntervalStyle": "sql_standard", "TimeZone": "Asia/Kathmandu",
        "default_transaction_isolation": "serializable", "default_transaction_deferrable": "on",
    },
    "German dates, repeatable read, names, texts, another path": {
        "DateStyle": "German", "IntervalStyle": "iso_8601", "extra_float_digits": "-15",
        "default_transaction_isolation": "repeatable read",
        "quote_all_identifiers": "on", "standard_conforming_strings": "off", "escape_string_warning": "off",
        "bytea_output": "escape", "client_encoding": "LATIN1", "search_path": "astray, pg_catalog, public",
    },
}  # fmt: skip


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    """A shop of twenty products."""
    with running("--products", "20", "--variants-per-product", "1", "--unlimited") as started:
        yield started


def adopt(dsn: str, habits: dict[str, str]) -> None:
    """Let every session of a database begin with these settings."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(ASTRAY.encode())
        for name, value in habits.items():
            listed = sql.SQL(", ").join(map(sql.Literal, value.split(", ") if name == "search_path" else [value]))
            connection.execute(
                sql.SQL("alter database {} set {} = {}").format(
                    sql.Identifier(connection.info.dbname), sql.Identifier(name), listed
                )
            )


def works(dsn: str, sandbox: Sandbox) -> None:
    """From the upgrade to the shop's number and its explanation."""
    house = House(dsn, sandbox)
    try:
        house.do("insert into warehouse.locations (name) values ('Hall A')")
        house.do("insert into warehouse.shipments (supplier) values ('A supplier')")
        house.do("insert into warehouse.products (sku, name) values (%s, 'one'), (%s, 'other')", SKU, OTHER)
        environment = {**house.environment, "SHELFWIRE_TOKEN": sandbox.token}

        def said(*command: str, code: int = 0) -> str:
            done = run(environment, *command)
            assert done.returncode == code, (command, done.stdout, done.stderr)
            return done.stdout

        said("db", "upgrade")
        said("attach", "--map", str(warehouse.MAPPING))
        said("attach", "--map", str(warehouse.MAPPING))
        said("db", "check")
        said("shop", "add", sandbox.shop, "--url", sandbox.url)
        said("shop", "map", sandbox.shop, "--rest", "Main warehouse")
        said("link")
        # Another house was its writer a moment ago.
        said("shop", "adopt", sandbox.shop)
        house.do("update sync.guards set loss_share = 1, change_share = 1")
        house.do("update sync.shops set mode = 'live'")
        with house.runner():
            units = sandbox.available()[SKU] + 3
            house.receive(SKU, units)
            house.wait_until(lambda: sandbox.available()[SKU] == units, "the units")
            house.wait_quiet()
            house.wait_until(lambda: bool(house.listeners()), "a LISTEN")
            found = json.loads(said("doctor", "--json"))
            assert {f["state"] for f in found} == {"ok"}, found
        for command in ("status", "pending", "runs", "events", "alerts list", "schedules list", "guard show", "plan"):
            said(*command.split())
        assert f"{units}" in said("why", SKU)
        said("reconcile", "inventory", "--dry-run")
        said("detach")
    finally:
        house.close()


@pytest.mark.parametrize("habits", HABITS.values(), ids=HABITS)
def test_everything_works_whatever_the_database_sets(empty: str, sandbox: Sandbox, habits: dict[str, str]) -> None:
    warehouse.build(empty)
    adopt(empty, habits)
    works(empty, sandbox)


COLLATED = {"products.sku": '"C"', "products.name": '"POSIX"', "shipment_items.status": "ucs_basic"}


@pytest.mark.parametrize("collation", [None, "no_case"])
def test_everything_works_whatever_orders_the_warehouses_texts(
    empty: str, sandbox: Sandbox, collation: str | None
) -> None:
    warehouse.build(empty)
    with psycopg.connect(empty, autocommit=True) as connection:
        if collation:
            try:
                connection.execute(
                    "create collation no_case (provider = icu, locale = 'und-u-ks-level2', deterministic = false)"
                )
            except psycopg.errors.FeatureNotSupported as error:
                pytest.skip(str(error))
        for column, own in COLLATED.items():
            table, name = column.split(".")
            connection.execute(
                f"alter table warehouse.{table} alter {name} type text collate {collation or own}".encode()
            )
    works(empty, sandbox)


def test_a_database_that_is_read_only_is_refused_by_name_before_anything_is_done(
    empty: str, house: House, tmp_path: Path
) -> None:
    renamed = tmp_path / "warehouse.toml"
    renamed.write_text(warehouse.MAPPING.read_text().replace('title = "name"', 'title = "sku"'))
    calls = house.sandbox.stats()["calls"]
    shop = house.sandbox.shop
    adopt(house.dsn, {"default_transaction_read_only": "on"})
    adopt(empty, {"default_transaction_read_only": "on"})
    for dsn, *command in (
        (empty, "db", "upgrade"),
        (house.dsn, "attach", "--map", str(renamed)),
        (house.dsn, "link"),
        (house.dsn, "shop", "mode", shop, "off"),
        (house.dsn, "detach"),
    ):
        done = run({**house.environment, "SHELFWIRE_DATABASE_URL": dsn}, *command)
        assert done.returncode == 3 and "default_transaction_read_only" in done.stderr, (command, done.stderr)
    with psycopg.connect(empty) as connection:
        assert connection.execute("select to_regnamespace('sync')").fetchone() == (None,)
    assert house.shelfwire("status").returncode == 0
    found = {f["check"]: f for f in json.loads(house.shelfwire("doctor", "--json").stdout)}
    assert "default_transaction_read_only is on" in found["postgres"]["message"]
    assert house.sandbox.stats()["calls"] == calls


def test_a_statement_that_gives_way_to_another_is_made_again(database: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Two take two locks crosswise, and no one but the log notices which one had to give way."""
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("create table public.counters (id integer primary key, hits integer default 0)")
        connection.execute("insert into public.counters values (1), (2)")
        connection.execute(
            "create function public.hit(p_first integer, p_second integer) returns void language plpgsql as $$ begin "
            "update public.counters set hits = hits + 1 where id = p_first; perform pg_sleep(0.2); "
            "update public.counters set hits = hits + 1 where id = p_second; end $$"
        )

    async def work() -> None:
        async with Database.open(database) as db:
            await asyncio.gather(
                db.fetch("select public.hit(%s, %s)", (1, 2)), db.fetch("select public.hit(%s, %s)", (2, 1))
            )

    asyncio.run(work())
    with psycopg.connect(database) as connection:
        assert connection.execute("select array_agg(hits) from public.counters").fetchone() == ([2, 2],)
    assert "postgres.rolled_back" in capsys.readouterr().out


def test_what_cannot_be_put_in_order_is_said_to_be_that(database: str) -> None:
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(
            "create function public.fails() returns void language plpgsql as "
            "$$ begin raise exception 'could not serialize' using errcode = '40001'; end $$"
        )

    async def work() -> None:
        async with Database.open(database) as db:
            with pytest.raises(Exception, match="could not serialize") as caught:
                await db.fetch("select public.fails()")
            assert "out of reach" not in str(caught.value) and "rolled back" in str(caught.value)

    asyncio.run(work())


@pytest.mark.parametrize("session", [COMMAND, RUNNER, POOLED_RUNNER])
def test_limits_that_were_meant_for_the_application_do_not_end_our_work(database: str, session: Session) -> None:
    adopt(database, {"statement_timeout": "40ms"})

    async def work() -> None:
        async with Database.open(database, session=session) as db:
            await db.fetch("select pg_sleep(0.2)")

    asyncio.run(work())


def test_settings_of_the_users_own_stay_beside_ours(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async def settings(dsn: str) -> tuple[object, ...]:
        async with Database.open(dsn, session=RUNNER) as db:
            row = await db.row(
                "select current_setting('work_mem') as a, current_setting('jit') as b, "
                "current_setting('default_transaction_isolation') as c, current_setting('search_path') as d"
            )
            return tuple(row.values())

    expected = ("7MB", "off", "read committed", "pg_catalog, pg_temp")
    assert asyncio.run(settings(f"{database} options='-c work_mem=7MB -c jit=on'")) == expected
    monkeypatch.setitem(os.environ, "PGOPTIONS", "-c work_mem=7MB")
    assert asyncio.run(settings(database)) == expected
