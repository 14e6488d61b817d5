"""I8 for all kinds alike: what is urgent goes first, and nothing starves."""

from __future__ import annotations

from tests.house.catalog.shop import add, products, waits_for
from tests.house.house import House


def classes(shop: House) -> dict[str, str]:
    query = "select key, priority from sync.pending_changes where kind = 'catalog'"
    return {r["key"]: r["priority"] for r in shop.rows(query)}


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
