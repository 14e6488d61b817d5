"""A shop's whole catalogue is mirrored; what only it has is listed, and made in the warehouse once somebody says so."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.catalog.shop import waits_for
from tests.house.catalog.test_conflicts import MAPPING
from tests.house.house import House

INSERT = """
insert = \"\"\"insert into warehouse.products (sku, name, price)
values (%(sku)s, %(title)s, (%(json)s ->> 'price')::numeric)\"\"\"
"""


@pytest.fixture(params=[-1, 1000], ids=["bulk operation", "single calls"])
def way(shop: House, request: pytest.FixtureRequest) -> Iterator[int]:
    shop.do("update sync.kinds set bulk_above = %s", request.param)
    yield int(request.param)
    shop.do("update sync.kinds set bulk_above = 1000")


@pytest.fixture
def inserting(shop: House, tmp_path: Path) -> Iterator[str]:
    """A mapping that says how a product is made."""
    path = tmp_path / "warehouse.toml"
    path.write_text(MAPPING.read_text().replace("\n[images]", INSERT + "\n[images]"))
    attached(shop, path)
    yield str(path)
    attached(shop, MAPPING)


def attached(shop: House, path: Path) -> None:
    done = shop.shelfwire("attach", "--map", str(path))
    assert done.returncode == 0, done


def test_a_product_that_only_the_shop_has_is_mirrored(shop: House, way: int) -> None:
    title = f"Alone {way}"
    shop.add_in_shop(title, {"sku": f"ALONE {way}"})
    done = shop.shelfwire("import", "products")
    assert done.returncode == 0, done
    (product,) = shop.rows("select * from sync.remote_products where title = %s", title)
    assert (product["status"], product["variants"], product["group_key"], product["media"]) == ("ACTIVE", 1, None, 0)
    (variant,) = shop.rows("select * from sync.remote_variants where sku = %s", f"ALONE {way}")
    assert (variant["product_id"], variant["price"]) == (product["product_id"], 0)
    (run,) = shop.rows("select way, result from sync.runs where kind = 'import_products' order by id desc limit 1")
    assert run["way"].startswith("bulk operation" if way < 0 else "single calls")
    assert run["result"]["insertable"] >= 1
    # Gone from the shop, it is gone from the mirror.
    shop.delete_in_shop(f"ALONE {way}")
    assert shop.shelfwire("import", "products").returncode == 0
    assert shop.rows("select from sync.remote_products where title = %s", title) == []
    assert shop.rows("select from sync.remote_variants where sku = %s", f"ALONE {way}") == []


def test_the_mirror_is_the_same_either_way(shop: House) -> None:
    images: list[object] = []
    for above in (-1, 1000):
        shop.do("update sync.kinds set bulk_above = %s", above)
        assert shop.shelfwire("import", "products").returncode == 0
        products = "select shop_id, product_id, fields, metafields, collections, publications, media, updated_at"
        images.append(
            [
                shop.rows(f"{products} from sync.products order by product_id"),
                shop.rows("select variant_id, sku, fields, options, position from sync.variants order by variant_id"),
            ]
        )
    assert images[0] == images[1]


def test_levels_are_imported_and_nothing_is_compared(shop: House) -> None:
    level = shop.sandbox.state()[0]
    shop.sandbox.edit(level["sku"], 77)
    assert shop.shelfwire("import", "levels").returncode == 0
    (shown,) = shop.rows("select available from sync.remote_levels where sku = %s", level["sku"])
    assert shown["available"] == 77
    assert shop.shelfwire("reconcile", "inventory").returncode == 0
    shop.wait_quiet()


def test_without_a_statement_nothing_is_made_in_the_warehouse(shop: House) -> None:
    done = shop.shelfwire("import", "products", "--insert")
    assert done.returncode == 2
    assert "The mapping lets no product be made in the warehouse." in done.stderr
    assert "[products] insert" in done.stderr


def test_what_only_the_shop_has_is_made_as_the_plan_has_shown(shop: House, inserting: str) -> None:
    shop.add_in_shop("Made", {"sku": "MADE"})
    shop.add_in_shop("Nameless", {"sku": None})
    assert shop.shelfwire("import", "products").returncode == 0
    before = shop.value("select count(*) from warehouse.products")
    planned = shop.shelfwire("import", "products", "--insert")
    assert planned.returncode == 0, planned
    assert "MADE" in planned.stdout
    assert "it has no SKU" in planned.stdout
    assert shop.value("select count(*) from warehouse.products") == before
    found = re.search(r"--plan (\w+)", planned.stdout)
    assert found
    refused = shop.shelfwire("import", "products", "--insert", "--plan", "other")
    assert refused.returncode != 0
    assert "is not what the plan has shown" in refused.stderr + refused.stdout
    assert shop.value("select count(*) from warehouse.products") == before
    done = shop.shelfwire("import", "products", "--insert", "--plan", found[1])
    assert done.returncode == 0, done
    (made,) = shop.rows("select id, name, price from warehouse.products where sku = 'MADE'")
    assert (made["name"], made["price"]) == ("Made", 0)
    # It is that product from now on, and no second one.
    shop.wait_quiet()
    (link,) = shop.rows("select state from sync.links where product_key = %s", str(made["id"]))
    assert link["state"] == "ok"
    shop.do("update warehouse.products set name = 'Made here' where sku = 'MADE'")
    waits_for(shop, "Made here")
    again = shop.shelfwire("import", "products", "--insert")
    assert "MADE" not in again.stdout


def test_one_that_the_warehouse_refuses_holds_back_no_other(shop: House, inserting: str) -> None:
    shop.do("alter table warehouse.products add constraint no_bad check (sku <> 'BAD') not valid")
    for sku in ("BAD", "GOOD"):
        shop.add_in_shop(sku.title(), {"sku": sku})
    assert shop.shelfwire("import", "products").returncode == 0
    found = re.search(r"--plan (\w+)", shop.shelfwire("import", "products", "--insert").stdout)
    assert found
    done = shop.shelfwire("import", "products", "--insert", "--plan", found[1])
    assert [r["sku"] for r in shop.rows("select sku from warehouse.products where sku in ('BAD', 'GOOD')")] == ["GOOD"]
    (failure,) = shop.rows("select key, class, message from sync.run_failures where class = 'NOT_INSERTED'")
    assert failure["key"] == "BAD"
    assert "no_bad" in failure["message"]
    assert "1 failed" in done.stdout + done.stderr or done.returncode == 1
    shop.do("alter table warehouse.products drop constraint no_bad")
