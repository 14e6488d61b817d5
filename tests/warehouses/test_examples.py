"""The warehouses of real applications are mapped as the applications themselves count."""

from __future__ import annotations

import json
import os
import tomllib
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg
import pytest

from house.warehouse import WAREHOUSES
from tests.warehouses import attached
from tests.warehouses.selects import Selects

EXAMPLES = sorted(path.parent for path in WAREHOUSES.glob("*/expected.toml"))
SHARED = Path(os.environ.get("SHELFWIRE_WAREHOUSES") or WAREHOUSES.parent.parent / "shared" / "warehouses")
each = pytest.mark.parametrize("folder", EXAMPLES, ids=lambda folder: folder.name)
needs_shared = pytest.mark.skipif(not SHARED.is_dir(), reason=f"there are no warehouses in {SHARED}")


def expected(folder: Path) -> dict[str, Any]:
    found = tomllib.loads((folder / "expected.toml").read_text(), parse_float=Decimal)
    found["available"] = {
        sku: {location: Decimal(number) for location, number in levels.items()}
        for sku, levels in found["available"].items()
    }
    return found


@pytest.fixture
def example(empty: str, folder: Path) -> Iterator[Selects]:
    """The selects of a folder, on its tables and rows."""
    with psycopg.connect(empty, autocommit=True) as connection:
        for name in ("schema.sql", "data.sql"):
            connection.execute((folder / name).read_bytes())
        connection.execute("analyze")
        yield Selects(connection, (folder / "warehouse.toml").read_text())


def test_the_applications_are_there() -> None:
    assert {"erpnext", "medusa", "odoo", "oscar"} <= {folder.name for folder in EXAMPLES}
    readme = (WAREHOUSES / "README.md").read_text()
    assert [folder.name for folder in EXAMPLES if f"| `{folder.name}` |" not in readme] == []


@each
def test_what_is_available_is_what_the_application_says(example: Selects, folder: Path) -> None:
    assert example.named(example.levels()) == expected(folder)["available"]


@each
def test_stock_is_looked_up_by_the_keys_that_are_asked_for(example: Selects) -> None:
    assert example.read_as_a_whole(list(example.products())[:2]) == []


@each
def test_every_table_that_is_read_is_watched_or_holds_locations(example: Selects) -> None:
    assert example.tables_read() == set(example.mapping["watch"])


@each
def test_a_change_is_noted_for_every_product_whose_numbers_change(example: Selects, folder: Path) -> None:
    watched = dict.fromkeys(example.mapping["watch"], 0)
    for change in expected(folder)["changes"]:
        before, skus = example.facts(), example.products()
        with example.noting() as noted:
            example.connection.execute(change["sql"].encode())
        moved = {product for product, *_ in before ^ example.facts()}
        skus |= example.products()
        assert moved <= noted, change["sql"]
        assert moved, change["sql"]
        assert {skus[key] for key in noted if skus.get(key)} == set(change["concerns"]), change["sql"]
        for table in watched:
            watched[table] += table in change["sql"]
    assert [table for table, changes in watched.items() if not changes] == []


@needs_shared
@pytest.mark.parametrize("name", ["medusa", "oscar"])
def test_tables_that_the_applications_made_themselves_are_read_as_they_say(empty: str, name: str) -> None:
    told = json.loads((SHARED / f"{name}.expected.json").read_text(), parse_float=Decimal)
    with psycopg.connect(empty, autocommit=True) as connection:
        load(connection, SHARED / f"{name}.sql")
        selects = Selects(connection, (WAREHOUSES / name / "warehouse.toml").read_text())
        assert selects.products() == dict(told["products"])
        assert selects.levels() == {(product, location): n or 0 for product, location, n in told["stock"]}


def load(connection: psycopg.Connection[Any], dump: Path) -> None:
    """Run what pg_dump wrote, without the commands that only psql knows."""
    lines = dump.read_text().splitlines()
    connection.execute("\n".join(line for line in lines if not line.startswith("\\")).encode())


@each
def test_attached_it_reads_the_same_and_notes_what_a_change_concerns(database: str, folder: Path) -> None:
    with psycopg.connect(database, autocommit=True) as connection:
        for name in ("schema.sql", "data.sql"):
            connection.execute((folder / name).read_bytes())
        attached.attach(database, folder / "warehouse.toml")
        example = Selects(connection, (folder / "warehouse.toml").read_text())
        for change in [None, *expected(folder)["changes"]]:
            if change:
                skus = example.products()
                with attached.relaying(connection) as noted:
                    connection.execute(change["sql"].encode())
                skus |= example.products()
                assert {skus[key] for key in noted if skus.get(key)} == set(change["concerns"]), change["sql"]
            assert attached.products(connection) == example.products(), change
            assert attached.levels(connection) == {level: n for level, n in example.levels().items() if n}, change


@needs_shared
@pytest.mark.parametrize("name", ["medusa", "oscar"])
def test_attached_to_the_tables_of_the_applications_it_reads_as_they_say(database: str, name: str) -> None:
    told = json.loads((SHARED / f"{name}.expected.json").read_text(), parse_float=Decimal)
    with psycopg.connect(database, autocommit=True) as connection:
        load(connection, SHARED / f"{name}.sql")
        attached.attach(database, WAREHOUSES / name / "warehouse.toml")
        assert attached.levels(connection) == {(product, location): n for product, location, n in told["stock"] if n}
        assert attached.products(connection) == dict(told["products"])
