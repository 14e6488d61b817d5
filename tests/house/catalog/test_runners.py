"""However runners come and go, a product is made once and its stock follows."""

from __future__ import annotations

import random
import signal
import threading

import pytest

from tests.house.catalog.shop import add, price_of, products
from tests.house.house import NERVOUS, House

CHAOS = """
{ products(first: 50, query: "title:Chaos") {
  nodes { title status tags variants(first: 5) { nodes { sku price } } } } }
"""


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


def test_what_is_sent_is_computed_when_it_is_sent(home: House) -> None:
    """I3: a job carries keys, never values."""
    key = add(home, "LATE", "Late", "5")
    with home.runner():
        home.wait_quiet()
        assert home.shelfwire("guard", "hold", home.sandbox.shop, "--kind", "catalog").returncode == 0
        for price in (6, 7, 8):
            home.do("update warehouse.products set price = %s where id = %s", price, key)
        home.wait_until(lambda: bool(home.rows("select from sync.pending where kind = 'catalog'")), "the change")
        assert home.shelfwire("guard", "release", home.sandbox.shop, "--kind", "catalog").returncode == 0
        home.wait_until(lambda: price_of(home, "LATE") == "8.00", "the last price")
        home.wait_quiet()
    sent = home.rows(
        "select variables #>> '{variants,0,price}' as price from sync.requests where keys = %s and document like %s",
        [str(key)],
        "%BulkUpdate",
    )
    assert [r["price"] for r in sent] == ["8.00"]


def test_products_and_stock_of_two_runners_share_one_budget_and_are_never_throttled(home: House) -> None:
    """I12: of a bucket that is soon empty."""
    with home.runner(), home.runner():
        home.wait_quiet()
        home.sandbox.bucket(capacity=200, restore_rate=200)
        for n in range(30):
            add(home, f"BUDGET-{n}", f"Budget {n}", "5")
            home.receive(f"BUDGET-{n}", 1)
        home.wait_until(lambda: all(home.offered().get(f"BUDGET-{n}") == 1 for n in range(30)), "products and stock")
        home.wait_quiet()
    assert home.sandbox.stats()["throttled"] == 0


FAULTS = {"http_5xx": 0.05, "internal_error_after": 0.05, "drop_before": 0.03, "drop_after": 0.08, "throttled": 0.03}


def test_runners_killed_while_products_are_made_changed_and_removed_lose_nothing(home: House) -> None:
    """I2, I7: answers are lost, too; in the end the shop shows what the warehouse says, each product once."""
    for seed, (fault, probability) in enumerate(FAULTS.items()):
        for operation in ("productSet", "productUpdate", "productVariantsBulkUpdate"):
            home.sandbox.fault(fault, operation=operation, probability=probability, seed=seed)
    dice = random.Random(12)
    runners = [home.start_runner(NERVOUS) for _ in range(2)]
    pause = threading.Event()
    try:
        for n in range(60):
            sku = f"CHAOS-{n % 20}"
            if n < 20:
                add(home, sku, f"Chaos {n}", "5", tags=["a"])
            elif n % 9 == 0:
                home.do("delete from warehouse.products where sku = %s", sku)
            else:
                home.do("update warehouse.products set price = price + 1, tags = %s where sku = %s", [str(n)], sku)
            pause.wait(dice.uniform(0, 0.15))
            if n % 8 == 7:
                victim = dice.randrange(len(runners))
                runners[victim].kill()
                runners[victim].wait()
                runners[victim] = home.start_runner(NERVOUS)
        home.sandbox.clear_faults()
        home.wait_quiet()
    finally:
        for process in runners:
            process.terminate()
        for process in runners:
            process.wait()
    nodes = home.sandbox.data(CHAOS)["products"]["nodes"]
    # What left before it was made was never there.
    assert len(nodes) == len({node["title"] for node in nodes}) <= 20
    wanted = {
        r["sku"]: (f"{r['price']:.2f}", r["tags"])
        for r in home.rows("select sku, price, tags from warehouse.products where sku like 'CHAOS-%%'")
    }
    assert len(wanted) < 20
    active = [node for node in nodes if node["status"] == "ACTIVE"]
    shown = {v["sku"]: (v["price"], node["tags"]) for node in active for v in node["variants"]["nodes"]}
    assert shown == wanted
    assert {node["status"] for node in nodes if node not in active} <= {"ARCHIVED"}
    assert home.rows("select * from sync.open_refusals where kind = 'catalog'") == []
    assert home.value("select count(*) from sync.requests where state = 'open'") == 0
    assert home.sandbox.stats()["faults_fired"]
