"""Products are linked to variants by SKU, and never guessed."""

from __future__ import annotations

import asyncio

import pytest

from runner.db import Database
from runner.shopify.shops import Shops
from tests.house.house import House, Open


def links(house: House) -> dict[str, tuple[str, str | None]]:
    """State and reason of every link, by product name."""
    return {
        row["name"]: (row["state"], row["reason"])
        for row in house.rows(
            "select p.name, k.state, k.reason from sync.links as k "
            "join warehouse.products as p on p.id::text = k.product_key"
        )
    }


def test_every_sku_that_both_have_once_is_linked(house: House) -> None:
    assert set(links(house).values()) == {("ok", None)}
    assert len(links(house)) == 20


def test_blank_doubled_and_vanished_skus_are_reported_with_the_reason(house: House) -> None:
    house.do("insert into warehouse.products (sku, name) values (null, 'blank'), ('  ', 'spaces'), ('NOWHERE', 'gone')")
    house.do("insert into warehouse.products (sku, name) values ('SKU-000003', 'double')")
    house.add_in_shop("Twin", {"sku": "SKU-000004", "tracked": True})
    house.delete_in_shop("SKU-000005")
    done = house.shelfwire("link")
    assert done.returncode == 0
    assert "19 linked, 4 broken, 1 ambiguous" in done.stdout
    found = links(house)
    for name in ("blank", "spaces"):
        assert found[name] == ("broken", "The product has no SKU in the warehouse.")
    assert found["gone"] == ("broken", "No variant of the shop has the SKU NOWHERE.")
    assert found["product SKU-000005"] == ("broken", "No variant of the shop has the SKU SKU-000005.")
    # What is linked stays so.
    assert found["double"] == ("ambiguous", "2 products of the warehouse have the SKU SKU-000003.")
    assert found["product SKU-000003"] == found["product SKU-000004"] == ("ok", None)
    refused = house.rows("select class, count(*) as count from sync.open_refusals group by class")
    assert {r["class"]: r["count"] for r in refused} == {"DOUBLED_SKU": 1, "LINK_AMBIGUOUS": 1, "LINK_BROKEN": 4}


def test_linking_twice_changes_nothing(house: House) -> None:
    before = house.rows("select * from sync.links order by product_key")
    assert house.shelfwire("link").returncode == 0
    assert house.rows("select * from sync.links order by product_key") == before


def test_variants_without_sku_are_counted_and_left_alone(house: House) -> None:
    house.add_in_shop("Nameless", {"sku": None, "tracked": True, "available": 7})
    done = house.shelfwire("link")
    assert "1 variants in Shopify have no SKU and are left alone" in done.stdout
    assert house.sandbox.state()[-1]["available"] == 7


def test_a_catalogue_of_many_pages_is_read_whole(open_house: Open) -> None:
    house = open_house("--products", "300", "--variants-per-product", "3", "--unlimited")
    assert house.value("select count(*) from sync.links where state = 'ok'") == 900
    (run,) = house.rows("select state, done, total from sync.runs")
    assert run == {"state": "succeeded", "done": 900, "total": 900}


def test_an_interrupted_link_is_noted_and_changes_no_link(house: House) -> None:
    before = house.rows("select * from sync.links order by product_key")
    house.sandbox.fault(fault="access_denied", operation="productVariants")
    done = house.shelfwire("link")
    assert done.returncode == 4
    assert house.rows("select state from sync.runs order by id desc limit 1") == [{"state": "failed"}]
    assert house.rows("select * from sync.links order by product_key") == before


def test_a_catalogue_beyond_what_one_connection_pages_through_is_read_whole(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A window of 50, in pages of 10: the real one of 25,000 would take a minute.
    monkeypatch.setattr("runner.linking.variants.PAGED", 50)
    monkeypatch.setattr("runner.shopify.costs.MOST_ITEMS", 10)
    for number in range(200):
        house.add_in_shop(f"More {number}", {"sku": f"MORE-{number}", "tracked": True})
    house.do("insert into warehouse.products (sku, name) select 'MORE-' || n, 'more' from generate_series(0, 199) as n")

    async def link() -> dict[str, int]:
        async with Database.open(house.dsn) as database, Shops.open(database, house.settings) as shops:
            return await house.link(shops)

    assert asyncio.run(link())["linked"] == 220
