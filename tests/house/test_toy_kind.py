"""The engine knows no subject: a kind that it has never heard of travels on its rails, beside inventory."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from house import process
from tests.house.house import House

SQL = Path(__file__).parent / "toy"
SKU = "SKU-000001"


@pytest.fixture
def toy(house: House) -> House:
    """A house that knows titles; what the shop's variants are called is what the warehouse calls them."""
    for name in ("titles.sql", "diary.sql"):
        house.connection.execute((SQL / name).read_bytes())
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


def test_what_only_applies_needs_no_more_than_a_lane(toy: House) -> None:
    with runner(toy):
        rename(toy, SKU, "a better name")
        written = "select count(*) from sync.diary as d join warehouse.products as p on p.id::text = d.product_key "
        toy.wait_until(lambda: toy.value(written + "where p.sku = %s", SKU) > 0, "the entry")
        toy.wait_quiet()
    assert toy.value("select count(*) from sync.diary where product_key is null") == 0
    assert toy.rows("select from sync.requests where kind = 'diary'") == []


def test_a_runner_that_does_not_know_a_kind_leaves_it_to_others(toy: House) -> None:
    rename(toy, SKU, "a better name")
    toy.receive(SKU, 3)
    with toy.runner():
        toy.wait_until(lambda: toy.offered()[SKU] == 3, "3 units")
    assert toy.rows("select from sync.open_refusals") == []
    assert toy.value("select count(*) from sync.pending_changes where kind = 'titles'") > 0
    with runner(toy):
        toy.wait_until(lambda: title(toy, SKU) == "a better name", "the title")


def test_a_kind_that_nobody_registered_fails_aloud_and_loses_nothing(house: House) -> None:
    """I2."""
    house.do(
        "insert into sync.kinds (kind, entity, parts, present, lost) "
        "values ('nobodys', 'product', 'things', 'things', 'lost')"
    )
    house.receive(SKU, 3)
    with pytest.raises(psycopg.errors.CaseNotFound):
        house.do("select sync.relay_changes()")
    assert house.value("select count(*) from sync.queued_changes") > 0


def test_a_shop_goes_live_only_on_a_plan_of_every_kind_that_has_one(toy: House) -> None:
    """I14: what no plan has shown goes by the guard."""
    toy.do("update sync.shops set mode = 'monitor'")
    fingerprint = toy.rows("select fingerprint from sync.make_plan((select id from sync.shops))")[0]["fingerprint"]
    toy.do("update warehouse.products set name = 'another'")
    toy.do("select sync.relay_changes()")
    toy.do("select sync.set_mode(id, 'live', %s) from sync.shops", fingerprint)
    assert toy.rows("select distinct kind, cleared from sync.pending order by kind") == [
        {"kind": "diary", "cleared": True},
        {"kind": "titles", "cleared": False},
    ]
    toy.do("update sync.shops set mode = 'monitor'")
    toy.do("delete from sync.plans")
    toy.do(
        "insert into sync.plans (shop_id, kind, fingerprint, basis, parts, moves, losses) "
        "select id, 'titles', 'x', 'x', 0, 0, 0 from sync.shops"
    )
    with pytest.raises(psycopg.DatabaseError, match="does not say what would change of inventory"):
        toy.do("select sync.set_mode(id, 'live', 'x') from sync.shops")
