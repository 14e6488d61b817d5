"""However runners come and go, a product is made once and its stock follows."""

from __future__ import annotations

import signal

import pytest

from tests.house.catalog.shop import add, products
from tests.house.house import NERVOUS, House


@pytest.fixture
def home(house: House) -> House:
    """Nobody works in it yet."""
    house.do("update warehouse.products set price = 10")
    house.do("select sync.follow_catalog(id, p_price_factor => 1000) from sync.shops")
    house.do("update sync.guards set loss_share = 1, change_share = 1")
    return house


def test_a_runner_that_is_killed_between_product_and_stock_loses_neither(home: House) -> None:
    with home.runner(NERVOUS):
        home.wait_quiet()
    killed = home.start_runner(NERVOUS)
    for n in range(5):
        add(home, f"KILL-{n}", f"Kill {n}", "5")
        home.receive(f"KILL-{n}", n + 1)
    home.wait_until(lambda: any(name.startswith("Kill") for name in products(home)), "the first product")
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    with home.runner(NERVOUS):
        home.wait_until(lambda: all(home.offered().get(f"KILL-{n}") == n + 1 for n in range(5)), "products and stock")
        home.wait_quiet()
    query = '{ products(first: 50, query: "title:Kill") { nodes { id } } }'
    assert len(home.sandbox.data(query)["products"]["nodes"]) == 5
    assert home.rows("select * from sync.open_refusals where kind = 'catalog'") == []


def test_two_runners_make_each_product_once(home: House) -> None:
    with home.runner(), home.runner():
        home.wait_quiet()
        for n in range(20):
            add(home, f"TWO-{n}", f"Two {n}", "5")
        home.wait_until(lambda: sum(name.startswith("Two") for name in products(home)) == 20, "20 products")
        home.wait_quiet()
    query = '{ products(first: 50, query: "title:Two") { nodes { id } } }'
    assert len(home.sandbox.data(query)["products"]["nodes"]) == 20
    made = "select count(*) from sync.requests where document = 'ProductSet' and variables::text like '%%\"Two %%'"
    assert home.value(made) == 20
