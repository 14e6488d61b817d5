"""Products of a warehouse at work: linked within a second, gone to 0 once, back again."""

from __future__ import annotations

import json
import time

from tests.house.house import House

SKU = "SKU-000001"
MUG = "MUG-1"


def links(house: House, sku: str) -> set[str]:
    """States of all links of a SKU."""
    return {r["state"] for r in house.rows("select state from sync.links where sku = %s", sku)}


def test_a_product_comes_leaves_and_comes_back_while_the_house_works(house: House) -> None:
    house.add_in_shop("Mug", {"sku": MUG, "tracked": True})
    house.receive(SKU, 5)
    assert house.shelfwire("link").returncode == 0
    with house.runner():
        house.wait_quiet()
        assert house.offered()[SKU] == 5

        # New: linked and offered by itself.
        house.do("insert into warehouse.products (sku, name) values (%s, 'A mug')", MUG)
        created = time.monotonic()
        house.wait_until(lambda: links(house, MUG) == {"ok"}, "a link")
        assert time.monotonic() - created < 1.0
        house.receive(MUG, 3)
        house.wait_until(lambda: house.offered()[MUG] == 3, "the mug")

        # Gone: 0 once, and what a person offers afterwards is left alone.
        house.do(
            "delete from warehouse.shipment_items using warehouse.products as p where p.id = product_id and sku = %s",
            MUG,
        )
        house.do("delete from warehouse.products where sku = %s", MUG)
        house.wait_until(lambda: house.offered()[MUG] == 0, "no mug")
        house.wait_quiet()
        assert links(house, MUG) == {"left"}
        why = house.shelfwire("why", MUG).stdout
        assert "link left: The warehouse no longer has this product." in why and "nothing pending" in why
        house.sandbox.edit(MUG, 7)
        assert house.shelfwire("link").returncode == 0
        assert house.shelfwire("reconcile", "inventory").returncode == 0
        house.wait_quiet()
        assert house.offered()[MUG] == 7
        assert MUG not in house.shelfwire("refusals", "list").stdout

        # Recreated under its SKU: another key, the same variant.
        house.do("insert into warehouse.products (sku, name) values (%s, 'A mug')", MUG)
        house.receive(MUG, 2)
        house.wait_until(lambda: house.offered()[MUG] == 2, "the mug again")
        house.wait_quiet()
        assert links(house, MUG) == {"left", "ok"}

        # Renamed to what the shop does not have: shown to people, with the remedy.
        house.do("update warehouse.products set sku = 'NOWHERE' where sku = %s", SKU)
        house.wait_until(lambda: house.offered()[SKU] == 0, "nothing under the old SKU")
        listed = json.loads(house.shelfwire("refusals", "list", "--json").stdout)
        assert [(r["class"], r["sku"]) for r in listed] == [("LINK_BROKEN", "NOWHERE")]
        house.do("update warehouse.products set sku = %s where sku = 'NOWHERE'", SKU)
        house.wait_until(lambda: house.offered()[SKU] == 5, "the old SKU again")
        house.wait_quiet()
    assert house.sandbox.stats()["double_applied"] == 0
    assert house.offered() == house.shelf()
