"""I8 for all kinds alike: what is urgent goes first, and nothing starves."""

from __future__ import annotations

from functools import partial

from tests.house.catalog.shop import add, products, waits_for
from tests.house.house import House, Open


def classes(shop: House) -> dict[str, str]:
    query = "select key, priority from sync.pending_changes where kind = 'catalog'"
    return {r["key"]: r["priority"] for r in shop.rows(query)}


def offers(house: House, units: int) -> bool:
    return house.offered()["SKU-000001"] == units


def test_each_change_has_the_priority_of_what_has_changed(shop: House) -> None:
    keys = {name: str(add(shop, f"ORDER-{name}", f"Order {name}", "5", description="x")) for name in "abcdef"}
    waits_for(shop, "Order f")
    shop.wait_quiet()
    assert shop.shelfwire("guard", "hold", shop.sandbox.shop, "--kind", "catalog").returncode == 0
    shop.do("delete from warehouse.products where sku = 'ORDER-a'")
    shop.do("update warehouse.products set price = 6 where sku = 'ORDER-b'")
    shop.do("update warehouse.products set description = 'y' where sku = 'ORDER-c'")
    shop.do("update warehouse.products set tags = '{y}' where sku = 'ORDER-d'")
    shop.do("update warehouse.products set tags = '{y}', price = 7 where sku = 'ORDER-e'")
    shop.wait_until(lambda: len({*keys.values()} & {*classes(shop)}) == 5, "five that wait")
    # A full pass comes behind all else, and makes nothing less urgent.
    shop.do("delete from sync.pending where key = %s", keys["d"])
    shop.do("select sync.mark_shop(id) from sync.shops")
    found = classes(shop)
    assert [found.get(keys[name]) for name in "abcdef"] == ["critical", "high", "normal", "batch", "high", None]
    assert shop.shelfwire("guard", "release", shop.sandbox.shop, "--kind", "catalog").returncode == 0
    shop.wait_quiet()
    assert products(shop)["Order d"]["tags"] == ["y"] and products(shop)["Order a"]["status"] == "ARCHIVED"


# Calls of the catalogue that began between the moment a request of stock was stored and that of its call.
AHEAD = """
select r.id, (
  select count(*) from sync.calls as c
  where c.document = 'ProductVariantsBulkUpdate'
    and c.at - c.milliseconds * interval '1 ms' between r.created_at and s.at - s.milliseconds * interval '1 ms'
) as ahead
from sync.requests as r join sync.calls as s on s.request_id = r.id
where r.kind = 'inventory'
order by r.id desc
limit 4
"""


def test_prices_of_very_many_products_do_not_delay_falling_stock(open_house: Open) -> None:
    """Of a bucket that is empty, the catalogue leaves points to stock: no more than one call of its goes before it."""
    house = open_house("--products", "150", "--variants-per-product", "1", "--unlimited")
    house.do("update warehouse.products set price = 10")
    house.do("select sync.follow_catalog(id, p_price_factor => 1000) from sync.shops")
    house.do("update sync.guards set loss_share = 1, change_share = 1")
    house.receive("SKU-000001", 9)
    with house.runner():
        house.wait_quiet()
        house.sandbox.bucket(capacity=400, restore_rate=60)
        house.do("update warehouse.products set price = 11")
        sent = "select count(*) from sync.calls where document = 'ProductVariantsBulkUpdate'"
        begun = house.value(sent)
        house.wait_until(lambda: house.value(sent) >= begun + 35, "the bucket to be empty")
        for units in range(8, 4, -1):
            house.sell("SKU-000001", 1)
            house.wait_until(partial(offers, house, units), "the sale", pause=0.005)
        assert house.value("select count(*) from sync.pending where kind = 'catalog'") > 0
        house.sandbox.bucket()
        house.wait_quiet()
        ahead = [row["ahead"] for row in house.rows(AHEAD)]
    assert len(ahead) == 4 and max(ahead) <= 1
    assert house.sandbox.stats()["throttled"] == 0
