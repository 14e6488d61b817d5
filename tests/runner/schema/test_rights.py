"""Nobody has more than ``sql/`` gives, and nothing less: roles, what attach made, triggers that are off."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from psycopg.conninfo import make_conninfo

from house import postgres
from runner.errors import DatabaseError
from runner.schema import drift, repair
from tests.runner.schema.test_repair import execute


def test_what_attach_made_is_opened_to_nobody(warehouse: str) -> None:
    execute(warehouse, "grant execute on function sync.read_stock(text[]) to public")
    assert drift.check(warehouse) == ["grant execute on sync.read_stock(text[]) to public is not in sql/"]
    assert "mended" in "".join(repair.upgrade(warehouse))
    assert drift.check(warehouse) == []


def test_a_trigger_on_a_table_of_the_warehouse_that_is_off_is_named(warehouse: str) -> None:
    execute(warehouse, "alter table warehouse.products disable trigger user")
    assert "warehouse.products" in "".join(drift.check(warehouse))


@pytest.fixture
def own_server() -> Iterator[postgres.Server]:
    """A cluster whose roles are this test's."""
    with postgres.serve({"fsync": "off"}) as server:
        yield server


def test_roles_that_may_more_than_they_should_or_are_missing(own_server: postgres.Server) -> None:
    dsn = own_server.dsn
    execute(dsn, "create role owner login")
    execute(dsn, "create database house owner owner")
    superuser, owner = make_conninfo(dsn, dbname="house"), make_conninfo(dsn, dbname="house", user="owner")
    with pytest.raises(DatabaseError) as raised:
        repair.upgrade(owner)
    needed = ["create role sync_reporting nologin", "create role sync_runner nologin"]
    assert str(raised.value).splitlines()[1:3] == [f"  {statement};" for statement in needed]
    for statement in needed:
        execute(dsn, statement)
    assert repair.upgrade(owner) == []
    assert drift.check(owner) == []

    execute(dsn, "alter role sync_reporting bypassrls createdb; grant pg_read_all_data to sync_runner")
    amiss = [
        "role sync_reporting may make databases",
        "role sync_reporting may read past row security",
        "role sync_runner is a member of pg_read_all_data",
    ]
    assert drift.check(owner) == amiss
    with pytest.raises(DatabaseError, match="revoke pg_read_all_data from sync_runner"):
        repair.upgrade(owner)
    assert repair.upgrade(superuser) == [f"{finding.capitalize()}: mended." for finding in amiss]
    assert drift.check(owner) == []

    execute(superuser, "drop owned by sync_reporting; drop role sync_reporting")
    assert drift.check(owner) == ["role sync_reporting is missing"]
    assert "given again" in repair.upgrade(superuser)[-1]
    assert drift.check(owner) == []
