"""What leaves the warehouse leaves the shop as it was chosen, comes back, and never leaves in numbers unseen."""

from __future__ import annotations

from typing import Any

import pytest

from tests.house.catalog.shop import add, products, waits_for
from tests.house.catalog.test_conflicts import edit, looked
from tests.house.house import House, Open

STATE = "select state from sync.product_links where group_key = %s"


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


@pytest.mark.parametrize("status", ["ARCHIVED", "DRAFT"])
def test_what_was_not_on_offer_when_it_left_is_not_when_it_comes_back(shop: House, status: str) -> None:
    follow(shop, "--on-delete", "archive")
    sku, name = f"OFF-{status}", f"Off by {status}"
    add(shop, sku, name)
    waits_for(shop, name)
    shop.wait_quiet()
    edit(shop, name, status=status)
    row = taken_out(shop, sku)
    waits_for(shop, name, status="ARCHIVED")
    shop.wait_quiet()
    put_back(shop, row)
    shop.wait_until(lambda: shop.value(STATE, str(row["id"])) == "ok", "its return")
    shop.wait_quiet()
    assert products(shop)[name]["status"] == status
    assert shop.rows("select from sync.field_conflicts where key = %s", str(row["id"])) == []


def test_a_group_that_is_renamed_is_read_on(shop: House) -> None:
    follow(shop, "--on-delete", "archive")
    add(shop, "RENAMED", "Renamed group", style="old", option_name="Size", option_value="S")
    waits_for(shop, "Renamed group")
    shop.wait_quiet()
    shop.do("update warehouse.products set style = 'new', name = 'Newly named group' where sku = 'RENAMED'")
    waits_for(shop, "Newly named group", status="ACTIVE")
    waits_for(shop, "Renamed group", status="ARCHIVED")
    shop.wait_quiet()
    looked(shop)
    assert shop.shelfwire("reconcile", "inventory").returncode == 0
    looked(shop)


def test_variants_that_would_be_deleted_of_many_products_wait(open_house: Open) -> None:
    house = open_house("--products", "1", "--variants-per-product", "1", "--unlimited")
    house.do("update warehouse.products set price = 10")
    house.do("select sync.follow_catalog(id, p_price_factor => 1000) from sync.shops")
    house.do("update sync.guards set loss_share = 1, change_share = 1, allowance = 0")
    with house.runner():
        for n in range(8):
            for size in ("S", "M", "L"):
                add(house, f"{n}-{size}", f"Style {n}", style=str(n), option_name="Size", option_value=size)
        house.wait_until(lambda: len(products(house)) == 9, "the products")
        house.wait_quiet()
        house.do("update sync.guards set loss_share = 0.3")
        house.do("delete from warehouse.products where sku like '%%-M' or sku like '%%-L'")
        house.wait_until(
            lambda: bool(house.value("select held_at from sync.guards where kind = 'catalog'")), "the guard"
        )
        assert {len(p["variants"]) for title, p in products(house).items() if title.startswith("Style")} == {3}
        assert "leaving 16" in house.shelfwire("plan").stdout
