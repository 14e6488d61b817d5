"""The warehouses of real applications, attached, linked, and in step with a shop, whatever they do."""

from __future__ import annotations

import asyncio
import json
import math
import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest

from house.sandbox import LOCATION, running
from runner.warehouse import adapter
from runner.warehouse.mapping import MappingFile
from tests.house.house import House
from tests.warehouses.test_examples import EXAMPLES, SHARED, load, needs_shared


@contextmanager
def opened(dsn: str, mapping: Path, skus: list[str]) -> Iterator[House]:
    """A shop that has a variant for each SKU, linked to a warehouse that is there, and a runner at work."""
    asyncio.run(adapter.attach(dsn, MappingFile(mapping)))
    with running("--products", "0", "--unlimited") as sandbox:
        house = House(dsn, sandbox)
        try:
            variants = [{"title": sku, "variants": [{"sku": sku, "tracked": True}]} for sku in skus]
            sandbox.control("POST", "/products", {"products": variants})
            asyncio.run(house.join(rest=LOCATION))
            with house.runner():
                yield house
        finally:
            house.close()


def offered(house: House, skus: list[str]) -> Callable[[], dict[str, int]]:
    """What the shop offers when all is quiet."""

    def read() -> dict[str, int]:
        house.wait_quiet()
        found = house.sandbox.available()
        return {sku: found.get(sku, 0) for sku in skus}

    return read


def counted(levels: dict[str, list[Any]]) -> dict[str, int]:
    """Whole units by SKU: added first, then cut; fewer than none are none."""
    return {sku: max(0, math.floor(sum(numbers))) for sku, numbers in levels.items()}


@needs_shared
@pytest.mark.parametrize("name", ["medusa", "oscar"])
def test_what_the_applications_made_themselves_is_in_step(database: str, name: str) -> None:
    told = json.loads((SHARED / f"{name}.expected.json").read_text())
    skus = dict(told["products"])
    levels: dict[str, list[float]] = {sku: [] for sku in skus.values() if sku}
    for product, _, number in told["stock"]:
        levels[skus[product]].append(number or 0)
    with psycopg.connect(database, autocommit=True) as connection:
        load(connection, SHARED / f"{name}.sql")
    with opened(database, SHARED / f"{name}.toml", sorted(levels)) as house:
        assert offered(house, sorted(levels))() == counted(levels)


@pytest.mark.parametrize("folder", EXAMPLES, ids=lambda folder: folder.name)
def test_a_shop_follows_what_an_application_does(database: str, folder: Path) -> None:
    expected = tomllib.loads((folder / "expected.toml").read_text())
    with psycopg.connect(database, autocommit=True) as connection:
        for name in ("schema.sql", "data.sql"):
            connection.execute((folder / name).read_bytes())
    concerned = {sku for change in expected["changes"] for sku in change["concerns"]}
    skus = sorted({*expected["available"], *concerned})
    with opened(database, folder / "warehouse.toml", skus) as house:
        assert offered(house, sorted(expected["available"]))() == counted(
            {sku: list(places.values()) for sku, places in expected["available"].items()}
        )
        for change in expected["changes"]:
            house.connection.execute(change["sql"].encode())
            house.wait_quiet()
            wrong = house.rows(
                "select sku, desired, seen from sync.inventory_levels where desired is distinct from seen and tracked"
            )
            assert wrong == [], change["sql"]
        told = house.rows(
            "select p.sku, greatest(sync.whole_units(sum(s.available)), 0) as units from sync.read_products() as p "
            "join sync.read_stock() as s using (product_key) where p.sku is not null group by p.sku"
        )
        assert {r["sku"]: r["units"] for r in told}.items() <= house.sandbox.available().items()
        assert house.rows("select * from sync.mapping_faults") == []
