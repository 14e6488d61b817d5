"""A house whose catalogue follows the warehouse, with a runner at work: one for all tests of a file."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from pytest_postgresql.executors import NoopExecutor
from pytest_postgresql.janitor import DatabaseJanitor

from house.sandbox import running
from tests import sent
from tests.house.house import House
from tests.servers import Server

OPTIONS = ("--products", "3", "--variants-per-product", "1", "--unlimited")


@pytest.fixture(scope="module")
def shop(server: Server, warehouse_template: NoopExecutor, request: pytest.FixtureRequest) -> Iterator[House]:
    """Nothing that happens to so few products is unusual; each test has SKUs of its own."""
    name = f"catalog_{os.getpid()}_{request.node.path.stem}"
    with (
        DatabaseJanitor(
            user=server.user,
            host=server.host,
            port=server.port,
            password=server.password,
            maintenance_dbname=server.maintenance_dbname,
            dbname=name,
            template_dbname=warehouse_template.template_dbname,
        ),
        running(*OPTIONS) as sandbox,
    ):
        house = House(server.dsn(name), sandbox)
        try:
            house.furnish()
            house.do("update warehouse.products set price = 10")
            house.do("select sync.follow_catalog(id, p_price_factor => 1000) from sync.shops")
            house.do("update sync.guards set loss_share = 1, change_share = 1")
            with house.runner():
                house.wait_quiet()
                yield house
            assert sent.problems(house.rows(sent.STORED)) == set()
        finally:
            house.close()
