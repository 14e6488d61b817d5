"""What a run has written of the catalogue can be taken back, field by field."""

from __future__ import annotations

import json

import pytest

from tests.house.catalog.shop import add, change, products
from tests.house.house import House, Open


@pytest.fixture
def written(open_house: Open) -> House:
    """A shop of five products that has just gone live on its plan, with the catalogue of the warehouse."""
    house = open_house("--products", "5", "--variants-per-product", "1", "--unlimited")
    house.do("update sync.shops set mode = 'monitor'")
    house.do("update warehouse.products set price = 10, description = 'ours', tags = '{ours}', product_type = 'Thing'")
    house.do("update warehouse.products set edition_size = 7 where sku = 'SKU-000001'")
    add(house, "MADE", "Made by us")
    house.do("select sync.follow_catalog(id, p_price_factor => 1000) from sync.shops")
    house.do("update sync.guards set loss_share = 1, change_share = 1")
    return house


def live(house: House) -> int:
    done = house.shelfwire("plan", "--json")
    (plan,) = json.loads(done.stdout)
    done = house.shelfwire("shop", "mode", house.sandbox.shop, "live", "--plan", plan["fingerprint"])
    assert done.returncode == 0, done
    return int(house.value("select max(id) from sync.runs where kind = 'go_live'"))


def shown(house: House) -> dict[str, tuple[object, ...]]:
    return {
        p["variants"][0]["sku"]: (
            p["title"], p["descriptionHtml"], p["tags"], p["productType"], p["variants"][0]["price"],
            [(m["key"], m["value"]) for m in p["metafields"]["nodes"] if m["namespace"] == "warehouse"],
        )
        for p in products(house).values()
    }  # fmt: skip


def test_undo_restores_what_was_before_and_holds_it(written: House) -> None:
    house = written
    before = shown(house)
    run = live(house)
    with house.runner():
        house.wait_quiet()
        after = shown(house)
        assert after != before and all(f[1] == "ours" for sku, f in after.items() if sku != "MADE")
        # One is changed since: that field is left alone.
        change(house, "SKU-000002", price="11")
        house.wait_quiet()
        done = house.shelfwire("undo", str(run))
        assert done.returncode == 0, done
        restored = shown(house)
        second = "SKU-000002"
        assert {sku: f for sku, f in restored.items() if sku not in (second, "MADE")} == {
            sku: f for sku, f in before.items() if sku != second
        }
        assert restored[second] == (*before[second][:4], "11.00", before[second][5])
        assert products(house)["Made by us"]["status"] == "ARCHIVED"
        (guard,) = house.rows("select held_reason from sync.guards where kind = 'catalog'")
        assert f"Run {run} was undone" in guard["held_reason"]
        # Undoing twice changes nothing; released, the warehouse is in the shop again.
        again = house.shelfwire("undo", str(run))
        assert again.returncode == 0 and shown(house) == restored
        assert house.shelfwire("guard", "release", house.sandbox.shop, "--kind", "catalog").returncode == 0
        house.wait_quiet()
        assert shown(house) == {**after, second: (*after[second][:4], "11.00", after[second][5])}
        assert products(house)["Made by us"]["status"] == "ACTIVE"
