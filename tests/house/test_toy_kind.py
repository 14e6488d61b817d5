"""The engine knows no subject: a kind that it has never heard of travels on its rails, beside inventory."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from house import process
from tests.house.house import House

SQL = Path(__file__).parent / "toy" / "titles.sql"
SKU = "SKU-000001"


@pytest.fixture
def toy(house: House) -> House:
    """A house that knows titles; what the shop's variants are called is what the warehouse calls them."""
    house.connection.execute(SQL.read_bytes())
    house.do("update sync.guards set loss_share = 1, change_share = 1")
    return house


@contextmanager
def runner(house: House) -> Iterator[None]:
    started = process.start("tests.house.toy", environment=house.environment)
    try:
        yield
    finally:
        assert process.stop(started) == 0


def title(house: House, sku: str) -> str:
    """What the shop calls the product of a variant."""
    query = "query($id: ID!) { inventoryItem(id: $id) { variants(first: 1) { nodes { product { title } } } } }"
    found = house.sandbox.data(query, {"id": house.sandbox.level(sku)["inventory_item_id"]})
    return str(found["inventoryItem"]["variants"]["nodes"][0]["product"]["title"])


def rename(house: House, sku: str, name: str) -> None:
    house.do("update warehouse.products set name = %s where sku = %s", name, sku)


def test_a_change_reaches_the_shop_and_inventory_goes_on_beside_it(toy: House) -> None:
    with runner(toy):
        rename(toy, SKU, "a better name")
        toy.receive(SKU, 3)
        toy.wait_until(lambda: title(toy, SKU) == "a better name", "the title")
        toy.wait_until(lambda: toy.offered()[SKU] == 3, "3 units")
        toy.wait_quiet()
    kinds = {r["kind"] for r in toy.rows("select kind from sync.requests where state = 'applied'")}
    assert kinds == {"inventory", "titles"}
    assert toy.value("select count(*) from sync.lanes where kind = 'titles'") == 4


def test_a_title_that_is_refused_holds_nothing_back(toy: House) -> None:
    """I6."""
    with runner(toy):
        rename(toy, SKU, "x" * 256)
        rename(toy, "SKU-000002", "short enough")
        toy.wait_until(lambda: title(toy, "SKU-000002") == "short enough", "the other title")
        toy.wait_quiet()
    (refused,) = toy.rows("select kind, sku, class from sync.open_refusals")
    assert refused == {"kind": "titles", "sku": SKU, "class": "INVALID_TITLE"}


def test_a_lost_answer_is_asked_for_again(toy: House) -> None:
    """I7."""
    toy.sandbox.fault(fault="drop_after", operation="productUpdate", times=1)
    with runner(toy):
        rename(toy, SKU, "a better name")
        toy.wait_until(lambda: title(toy, SKU) == "a better name", "the title")
        toy.wait_quiet()
    sent = "select state from sync.requests where variables #>> '{product,title}' = 'a better name'"
    assert toy.rows(sent) == [{"state": "applied"}]


def test_its_guard_holds_it_and_nothing_else(toy: House) -> None:
    """I14."""
    toy.do("update sync.guards set loss_share = 0.1, allowance = 0 where kind = 'titles'")
    toy.do("insert into sync.titles select shop_id, product_key, 'seen' from sync.links")
    with runner(toy):
        toy.do("update warehouse.products set name = ''")
        toy.receive(SKU, 3)
        toy.wait_until(lambda: toy.offered()[SKU] == 3, "3 units")
        toy.wait_until(lambda: bool(toy.value("select held_at from sync.guards where kind = 'titles'")), "the guard")
    assert toy.value("select held_at from sync.guards where kind = 'inventory'") is None
    assert toy.rows("select from sync.requests where kind = 'titles'") == []
    assert "titles would be emptied" in toy.value("select held_reason from sync.guards where kind = 'titles'")
