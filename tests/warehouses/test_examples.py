"""The warehouses of real applications are mapped as the applications themselves count."""

from __future__ import annotations

import asyncio
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
from runner.warehouse import adapter
from runner.warehouse.mapping import MappingFile
from tests.warehouses.selects import Selects, attaches, unindexed

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
    keys = list(example.products())[:2]
    assert unindexed(example.plan(keys), keys[0]) == []


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


@attaches
@each
def test_attached_it_reads_the_same(database: str, folder: Path) -> None:
    with psycopg.connect(database, autocommit=True) as connection:
        for name in ("schema.sql", "data.sql"):
            connection.execute((folder / name).read_bytes())
        asyncio.run(adapter.attach(database, MappingFile(folder / "warehouse.toml")))
        example = Selects(connection, (folder / "warehouse.toml").read_text())
        assert attached_levels(connection) == {level: n for level, n in example.levels().items() if n}
        read = connection.execute("select product_key, sku from sync.read_products(null)")
        assert dict(read.fetchall()) == example.products()


@attaches
@each
def test_attached_it_notes_the_products_that_a_change_concerns(database: str, folder: Path) -> None:
    with psycopg.connect(database, autocommit=True) as connection:
        for name in ("schema.sql", "data.sql"):
            connection.execute((folder / name).read_bytes())
        asyncio.run(adapter.attach(database, MappingFile(folder / "warehouse.toml")))
        example = Selects(connection, (folder / "warehouse.toml").read_text())
        connection.execute("select sync.relay_changes()")
        for change in expected(folder)["changes"]:
            skus = example.products()
            (seen,) = connection.execute("select coalesce(max(id), 0) from sync.change_log").fetchone() or (0,)
            connection.execute(change["sql"].encode())
            connection.execute("select sync.relay_changes()")
            noted = connection.execute(
                "select distinct key from sync.change_log where id > %s and entity = 'product'", (seen,)
            )
            skus |= example.products()
            assert {skus[key] for (key,) in noted if skus.get(key)} == set(change["concerns"]), change["sql"]


@attaches
@needs_shared
@pytest.mark.parametrize("name", ["medusa", "oscar"])
def test_attached_to_the_tables_of_the_applications_it_reads_as_they_say(database: str, name: str) -> None:
    told = json.loads((SHARED / f"{name}.expected.json").read_text(), parse_float=Decimal)
    with psycopg.connect(database, autocommit=True) as connection:
        load(connection, SHARED / f"{name}.sql")
        asyncio.run(adapter.attach(database, MappingFile(WAREHOUSES / name / "warehouse.toml")))
        assert attached_levels(connection) == {(product, location): n for product, location, n in told["stock"] if n}


def attached_levels(connection: psycopg.Connection[Any]) -> dict[tuple[str, str], Decimal]:
    """What Shelfwire reads, where it is not nothing."""
    read = connection.execute("select product_key, location_key, available from sync.read_stock(null)")
    return {(product, location): available for product, location, available in read if available}
