"""Real databases for the tests: a server, templates made once per run, a clone for every test.

The server is embedded, one per test process, or the one that ``DATABASE_URL`` names (as superuser).
"""

from __future__ import annotations

import itertools
import os
import sys
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo
from psycopg.rows import DictRow, dict_row
from pytest_postgresql import factories
from pytest_postgresql.executors import NoopExecutor
from pytest_postgresql.janitor import DatabaseJanitor

from house import process
from house.sandbox import LOCATION, running
from tests import servers
from tests.house.house import House, Open
from tests.nursery import Nursery
from tests.receivers import Hook, webhook
from tests.seeds import Shelf
from tests.servers import Server

# What receives alerts in tests is on this machine.
os.environ["SHELFWIRE_ALERT_LOCAL_WEBHOOKS"] = "1"

Connection = psycopg.Connection[DictRow]
Login = Callable[[str], str]

# Several runs may share one server.
RUN = f"shelfwire_{os.getpid()}"

migrated_template = factories.postgresql_noproc(dbname=RUN, depends_on="server", load=[servers.migrate])
warehouse_template = factories.postgresql_noproc(
    dbname=f"{RUN}_warehouse", depends_on="migrated_template", load=[servers.attach]
)


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """The server that holds all databases of this test process."""
    if given := os.environ.get("DATABASE_URL"):
        yield servers.known(given)
    else:
        with servers.embedded() as started:
            yield started


@pytest.fixture(scope="session", autouse=True)
def nursery() -> Iterator[None]:
    """What a house starts is forked, where the system can."""
    if not sys.platform.startswith("linux"):
        yield
        return
    mother = Nursery()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(process, "start", mother.start)
        yield
    mother.close()


Make = Callable[[str | None], str]


@pytest.fixture
def make_database(server: Server) -> Iterator[Make]:
    """A function that clones a template, None for an empty database; returns the DSN. All are dropped at the end."""
    numbers = itertools.count()
    with ExitStack() as stack:

        def make(template: str | None) -> str:
            janitor = DatabaseJanitor(
                user=server.user,
                host=server.host,
                port=server.port,
                password=server.password,
                maintenance_dbname=server.maintenance_dbname,
                dbname=f"{RUN}_test_{next(numbers)}",
                template_dbname=template,
            )
            stack.enter_context(janitor)
            return server.dsn(janitor.dbname)

        yield make


@pytest.fixture
def empty(make_database: Make) -> str:
    """DSN of a database without anything in it."""
    return make_database(None)


@pytest.fixture
def database(make_database: Make, migrated_template: NoopExecutor) -> str:
    """DSN of a database with the schema at head and no warehouse."""
    return make_database(migrated_template.template_dbname)


@pytest.fixture
def warehouse(make_database: Make, warehouse_template: NoopExecutor) -> str:
    """DSN of a database with the schema at head and the reference warehouse attached."""
    return make_database(warehouse_template.template_dbname)


@pytest.fixture
def connection(warehouse: str) -> Iterator[Connection]:
    """An autocommit connection, as superuser, to the database of ``warehouse``."""
    with psycopg.connect(warehouse, autocommit=True, row_factory=dict_row, options="-c jit=off") as opened:
        yield opened


@pytest.fixture
def shelf(connection: Connection) -> Shelf:
    """The reference warehouse with a shop beside it."""
    return Shelf(connection).furnish()


@pytest.fixture
def open_house(warehouse: str) -> Iterator[Open]:
    """A function that opens a house; its arguments are options of the sandbox, and where both halls are shown."""
    with ExitStack() as stack:

        def make(*options: str, shown_at: str | None = LOCATION, **settings: Any) -> House:
            house = House(warehouse, stack.enter_context(running(*options)), **settings)
            stack.callback(house.close)
            house.furnish(shown_at)
            return house

        yield make


@pytest.fixture
def house(open_house: Open) -> House:
    """A house with 20 products and a bucket that is never empty."""
    return open_house("--products", "20", "--variants-per-product", "1", "--unlimited")


@pytest.fixture
def hook() -> Iterator[Hook]:
    """What a webhook of alerts is sent."""
    with webhook() as started:
        yield started


@pytest.fixture
def login(shelf: Shelf, warehouse: str) -> Iterator[Login]:
    """A function that makes a login role with a grant such as ``sync_runner``; returns its DSN."""
    made = []

    def make(group: str) -> str:
        name, password = f"test_{uuid.uuid4().hex}", uuid.uuid4().hex
        role = sql.Identifier(name)
        shelf.connection.execute(sql.SQL("create role {} login password {}").format(role, sql.Literal(password)))
        made.append(role)
        if group:
            shelf.connection.execute(sql.SQL("grant {} to {}").format(sql.Identifier(group), role))
        return make_conninfo(warehouse, user=name, password=password)

    yield make
    for role in made:
        shelf.connection.execute(sql.SQL("drop owned by {0}; drop role {0}").format(role))
