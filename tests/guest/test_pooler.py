"""A pooler between us and Postgres: commands work and leave nothing behind, a runner needs sessions of its own."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg.rows import dict_row

from house import process
from house.sandbox import running
from house.warehouse import MAPPING, Product, attach, build, stock
from runner.app import CONNECTIONS
from runner.db.pooler import Pooling, pooling
from runner.schema import revisions
from runner.warehouse.adapter import detach
from tests import commands
from tests.guest.pooler import needs_pgbouncer, pooled
from tests.house.house import House

# What another client would notice.
STATE = (
    "select (select json_object_agg(name, setting order by name) from pg_settings where source = 'session' "
    "and name not in ('application_name', 'client_encoding')) as settings, "
    "(select count(*) from pg_prepared_statements) as prepared, "
    "(select array_agg(c) from pg_listening_channels() as c) as channels, "
    "(select count(*) from pg_locks where locktype = 'advisory' and pid = pg_backend_pid()) as locks, "
    "pg_my_temp_schema()::text as temporary"
)
UNTOUCHED = {"settings": None, "prepared": 0, "channels": None, "locks": 0, "temporary": "0"}


def left(dsn: str) -> dict[str, object]:
    """What the next client finds in the session it is given."""
    with psycopg.connect(dsn, autocommit=True, row_factory=dict_row, prepare_threshold=None) as other:
        found = other.execute(STATE).fetchone()
    assert found is not None
    return found


@pytest.fixture
def through(warehouse: str) -> Iterator[str]:
    """The attached warehouse through a pooler in transaction mode that has two sessions."""
    with pooled(warehouse, "transaction", size=2) as dsn:
        yield dsn


@needs_pgbouncer
@pytest.mark.parametrize(("mode", "found"), [("transaction", Pooling.TRANSACTION), ("session", Pooling.SESSION)])
@pytest.mark.parametrize("size", [1, 20])
def test_what_stands_between_is_found_out(warehouse: str, mode: str, found: Pooling, size: int) -> None:
    assert asyncio.run(pooling(warehouse)) is Pooling.NONE
    with pooled(warehouse, mode, size) as dsn:
        assert asyncio.run(pooling(dsn)) is found


@needs_pgbouncer
def test_many_sessions_that_are_in_use_by_others_are_seen_through(warehouse: str) -> None:
    with pooled(warehouse, "transaction") as dsn:
        others = [psycopg.connect(dsn) for _ in range(6)]
        for other in others:
            other.execute("select 1")
        for other in others:
            other.rollback()
        assert asyncio.run(pooling(dsn)) is Pooling.TRANSACTION
        for other in others:
            other.close()


def check(house: House, dsn: str, *command: str, code: int = 0) -> None:
    """A command works through a pooler, and the next client finds its session as it was."""
    environment = {**house.environment, "SHELFWIRE_DATABASE_URL": dsn, "SHELFWIRE_TOKEN": house.sandbox.token}
    done = commands.run(environment, *command)
    assert done.returncode == code, (command, done.stdout, done.stderr)
    found = left(dsn)
    assert {name: found[name] for name in UNTOUCHED} == UNTOUCHED, command


@pytest.fixture
def bare(empty: str) -> Iterator[House]:
    """A reference warehouse of 60 products without anything of ours, and a shop that nobody knows yet."""
    with running("--products", "60", "--variants-per-product", "1", "--unlimited") as sandbox:
        build(empty)
        house = House(empty, sandbox)
        stock(house.connection, [Product(f"SKU-{n:06}", "x") for n in range(1, 61)], ["Hall A"])
        yield house
        house.close()


@needs_pgbouncer
def test_commands_work_in_transaction_mode_and_leave_nothing_behind(bare: House) -> None:
    with pooled(bare.dsn, "transaction", size=2) as dsn:
        check(bare, dsn, "db", "upgrade")
        attach(bare.dsn)
        check(bare, dsn, "db", "check")
        check(bare, dsn, "db", "fingerprint")
        check(bare, dsn, "shop", "add", bare.sandbox.shop, "--url", bare.sandbox.url)
        check(bare, dsn, "shop", "map", bare.sandbox.shop, "--rest", "Main warehouse")
        for command in ("link", "plan", "status", "why SKU-000001", "pending", "runs", "alerts list", "shop list"):
            check(bare, dsn, *command.split())
        check(bare, dsn, "reconcile", "inventory", "--dry-run")
        asyncio.run(detach(bare.dsn))
        check(bare, dsn, "db", "downgrade", "base", "--yes")


@needs_pgbouncer
def test_attach_and_doctor_work_in_transaction_mode_and_leave_nothing_behind(bare: House) -> None:
    revisions.upgrade(bare.dsn)
    with pooled(bare.dsn, "transaction", size=2) as dsn:
        check(bare, dsn, "attach", "--map", str(MAPPING), "--dry-run")
        check(bare, dsn, "attach", "--map", str(MAPPING))
        check(bare, dsn, "doctor", code=1)  # No runner listens.
        check(bare, dsn, "detach")


@needs_pgbouncer
def test_a_runner_refuses_transaction_mode_by_name_and_leaves_nothing_behind(house: House, through: str) -> None:
    done = commands.run({**house.environment, "SHELFWIRE_DATABASE_URL": through}, "run")
    assert done.returncode == 3
    assert "A pooler in transaction mode" in done.stderr and "SHELFWIRE_DATABASE_URL" in done.stderr
    found = left(through)
    assert {name: found[name] for name in UNTOUCHED} == UNTOUCHED


@needs_pgbouncer
def test_a_runner_works_in_session_mode_and_leaves_nothing_behind(house: House, warehouse: str) -> None:
    with pooled(warehouse, "session") as dsn:
        with house.runner({"SHELFWIRE_DATABASE_URL": dsn}):
            house.wait_until(lambda: bool(house.listeners()), "a LISTEN")
            house.receive("SKU-000001", 3)
            house.wait_quiet()
            found = house.shelfwire("doctor", "--json")
        assert house.offered() == house.shelf()
        assert {f["state"] for f in json.loads(found.stdout)} == {"ok"}
        after = left(dsn)
        assert {name: after[name] for name in UNTOUCHED} == UNTOUCHED


@needs_pgbouncer
def test_the_doctor_says_what_stands_between(house: House, warehouse: str) -> None:
    def notify(dsn: str) -> tuple[str, str]:
        done = commands.run({**house.environment, "SHELFWIRE_DATABASE_URL": dsn}, "doctor", "--json")
        (found,) = (f for f in json.loads(done.stdout) if f["check"] == "notify")
        return found["state"], found["message"]

    state, message = notify(warehouse)
    assert state == "ok" and "no pooler in between" in message
    with pooled(warehouse, "session") as dsn:
        state, message = notify(dsn)
        assert state == "ok" and "pooler in session mode" in message
    with pooled(warehouse, "transaction") as dsn:
        state, message = notify(dsn)
        assert state == "warning" and "pooler in transaction mode" in message


def test_a_runner_opens_no_more_connections_than_the_documents_say(house: House, tmp_path: Path) -> None:
    most = CONNECTIONS + 1
    assert f"at most {most} connections" in (Path(__file__).parents[2] / "README.md").read_text()
    house.do("update sync.schedules set expression = '* * * * *'")
    count = (
        "select count(*) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() "
        "and backend_type = 'client backend'"
    )
    seen = set()
    with house.runner() as runner:
        house.wait_until(lambda: bool(house.listeners()), "a LISTEN")
        for units in range(12):
            for number in range(1, 21):
                house.receive(f"SKU-{number:06}", units)
                seen.add(house.value(count))
            house.wait_quiet()
        process.stop(runner)
    assert 3 < max(seen) <= most, seen


def test_a_command_closes_all_it_opens(database: str) -> None:
    revisions.upgrade(database)
    count = "select count(*) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"
    assert commands.run({"SHELFWIRE_DATABASE_URL": database}, "status").returncode == 0
    with psycopg.connect(database, autocommit=True) as connection:
        for _ in range(50):
            if connection.execute(count).fetchone() == (0,):
                return
    raise AssertionError("it is still connected")
