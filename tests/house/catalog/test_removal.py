"""What leaves the warehouse leaves the shop as it was chosen, comes back, and never leaves in numbers unseen."""

from __future__ import annotations

from typing import Any

import pytest

from tests.house.catalog.shop import add, products, waits_for
from tests.house.house import House, Open


def follow(shop: House, *options: str) -> None:
    done = shop.shelfwire("catalog", "follow", shop.sandbox.shop, *options)
    assert done.returncode == 0, done


def taken_out(shop: House, sku: str) -> dict[str, Any]:
    """The row of a product, which is deleted."""
    (row,) = shop.rows("delete from warehouse.products where sku = %s returning *", sku)
    return row


def put_back(shop: House, row: dict[str, Any]) -> None:
    names = ", ".join(row)
    shop.do(f"insert into warehouse.products ({names}) values ({', '.join(['%s'] * len(row))})", *row.values())


@pytest.mark.parametrize("on_delete", ["draft", "ignore"])
def test_a_product_that_leaves_as_chosen_comes_back_as_it_was(shop: House, on_delete: str) -> None:
    follow(shop, "--on-delete", on_delete)
    sku, name = f"LEAVE-{on_delete}", f"Leaves by {on_delete}"
    add(shop, sku, name)
    first = waits_for(shop, name, status="ACTIVE")
    shop.wait_quiet()
    row = taken_out(shop, sku)
    if on_delete == "draft":
        waits_for(shop, name, status="DRAFT")
    shop.wait_quiet()
    put_back(shop, row)
    assert waits_for(shop, name, status="ACTIVE")["id"] == first["id"]
    shop.wait_quiet()
    assert shop.value("select state from sync.product_links where group_key = %s", str(row["id"])) == "ok"


def test_a_product_that_is_deleted_is_made_anew_when_it_comes_back(shop: House) -> None:
    follow(shop, "--on-delete", "delete")
    add(shop, "DELETED", "Deleted")
    first = waits_for(shop, "Deleted")
    shop.wait_quiet()
    row = taken_out(shop, "DELETED")
    shop.wait_until(lambda: "Deleted" not in products(shop), "the deletion")
    shop.wait_quiet()
    put_back(shop, row)
    assert waits_for(shop, "Deleted")["id"] != first["id"]
    shop.wait_quiet()


def test_many_that_leave_at_once_wait_until_somebody_has_looked(open_house: Open) -> None:
    house = open_house("--products", "12", "--variants-per-product", "1", "--unlimited")
    house.do("update warehouse.products set price = 10")
    house.do("select sync.follow_catalog(id, p_price_factor => 1000) from sync.shops")
    house.do("update sync.guards set loss_share = 1, change_share = 1, allowance = 0")
    with house.runner():
        house.do("select sync.mark_shop(id) from sync.shops")
        house.wait_quiet()
        house.do("update sync.guards set loss_share = 0.5")
        house.do("delete from warehouse.products where sku <= 'SKU-000008'")
        held = "select held_reason from sync.guards where kind = 'catalog'"
        house.wait_until(lambda: bool(house.value(held)), "the guard")
        assert "archived" in house.value(held)
        assert {p["status"] for p in products(house).values()} == {"ACTIVE"}
        shown = house.shelfwire("plan")
        assert "8 would be archived" in shown.stdout, shown.stdout
        assert house.shelfwire("guard", "release", house.sandbox.shop, "--kind", "catalog").returncode == 0
        house.wait_until(
            lambda: sorted(p["status"] for p in products(house).values())[:8] == ["ACTIVE"] * 4 + ["ARCHIVED"] * 4,
            "archived",
        )
        house.wait_until(lambda: [p["status"] for p in products(house).values()].count("ARCHIVED") == 8, "all of them")
