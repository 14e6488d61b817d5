"""The recipes of docs/mapping.md give the numbers they show."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

import psycopg
import pytest

from house.warehouse import DEPOT, REFERENCE
from runner.warehouse.mapping import MappingFile
from runner.warehouse.orders import USES
from tests.warehouses import attached
from tests.warehouses.selects import Levels, Selects

PAGE = (Path(__file__).parents[2] / "docs" / "mapping.md").read_text()
BLOCK = re.compile(r"```(sql|toml)\n(.*?)```", re.DOTALL)
ROW = re.compile(r"^\| (\S+) \| (\S+) \| (-?[\d.]+) \|$", re.MULTILINE)


class Recipe(NamedTuple):
    """What stands below a heading: tables and rows, the mapping, and what is available then."""

    title: str
    tables: str
    mapping: str
    levels: Levels


def recipes() -> Iterator[Recipe]:
    for section in PAGE.split("\n## Recipes\n")[1].split("\n### ")[1:]:
        blocks = dict(BLOCK.findall(section))
        levels = {(product, location): Decimal(available) for product, location, available in ROW.findall(section)}
        yield Recipe(section.partition("\n")[0], blocks["sql"], blocks["toml"], levels)


RECIPES = list(recipes())
each = pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.title)


@pytest.fixture
def selects(empty: str, recipe: Recipe) -> Iterator[Selects]:
    """The selects of a recipe, on its tables."""
    with psycopg.connect(empty, autocommit=True) as connection:
        connection.execute(recipe.tables.encode())
        yield Selects(connection, recipe.mapping)


def test_there_are_ten_of_a_few_lines() -> None:
    assert len(RECIPES) == 10
    assert [recipe.title for recipe in RECIPES if not recipe.levels] == []
    assert [recipe.title for recipe in RECIPES if recipe.tables.count("\n") + recipe.mapping.count("\n") > 50] == []


@each
def test_a_recipe_gives_what_it_shows(selects: Selects, recipe: Recipe) -> None:
    assert selects.levels() == recipe.levels
    assert {product for product, _ in recipe.levels} <= selects.products().keys()
    assert {location for _, location in recipe.levels} <= selects.locations().keys()


@each
def test_its_stock_is_looked_up_by_the_keys_that_are_asked_for(selects: Selects) -> None:
    key = next(iter(selects.products()))
    assert selects.read_as_a_whole([key, key]) == []


@each
def test_its_watches_are_the_tables_that_it_reads(selects: Selects) -> None:
    assert selects.tables_read() == set(selects.mapping["watch"])


@pytest.mark.parametrize("recipe", [r for r in RECIPES if "products = " in r.mapping], ids=lambda recipe: recipe.title)
def test_its_watches_find_the_products_of_a_row_that_is_deleted(selects: Selects) -> None:
    for table, entry in selects.mapping["watch"].items():
        if isinstance(entry, str):
            continue
        before = selects.facts()
        with selects.noting() as noted:
            selects.connection.execute(f"delete from {table}".encode())
        moved = {product for product, *_ in before ^ selects.facts()}
        assert moved
        assert moved <= noted


@pytest.mark.parametrize(
    ("stock", "reaches"),
    [
        ("select product, quantity as available from stock", True),
        ("select product, sum(quantity) as available from stock group by product", True),
        ("select product, sum(quantity) over (partition by product) as available from stock", True),
        ("select product, sum(quantity) over () as available from stock", False),
        ("select product, quantity as available from stock order by 2 limit 5", False),
        ("with s as (select * from stock) select product, quantity as available from s", True),
        ("with s as materialized (select * from stock) select product, quantity as available from s", False),
        (
            "with s as (select * from stock) select a.product, 1 as available from stock a join s using (product) "
            "join s t using (product)",
            False,
        ),
        ("select product || '' as product, quantity as available from stock", False),
    ],
)
def test_keys_reach_the_index_as_the_page_says(empty: str, stock: str, reaches: bool) -> None:
    with psycopg.connect(empty, autocommit=True) as connection:
        connection.execute("create table stock (product text primary key, quantity integer)")
        connection.execute("insert into stock values ('A', 1)")
        whole = Selects(connection, f'[stock]\nsql = "{stock}"').read_as_a_whole(["A", "B"])
        assert (whole == []) == reaches


def test_the_short_form_is_a_mapping_with_every_entry_of_the_project_s_own_warehouses(tmp_path: Path) -> None:
    (_, short), *_ = BLOCK.findall(PAGE)
    (tmp_path / "warehouse.toml").write_text(short)
    MappingFile(tmp_path / "warehouse.toml")
    for folder in (REFERENCE, DEPOT):
        own = tomllib.loads((folder / "warehouse.toml").read_text())
        assert entries(own) - entries(tomllib.loads(short)) == set()


def test_every_statement_that_writes_orders_is_told_with_what_it_is_given() -> None:
    for name, use in USES.items():
        (row,) = (line for line in PAGE.splitlines() if line.startswith(f"| `{name}` |"))
        assert set(re.findall(r"%\((\w+)\)s", row)) == set(use.given)


def entries(mapping: dict[str, Any], at: str = "") -> set[str]:
    """The names of all entries, with those of their sections before them."""
    found = set[str]()
    for name, value in mapping.items():
        found |= entries(value, f"{at}{name}.") if isinstance(value, dict) else {f"{at}{name}"}
    return found


@each
def test_attached_a_recipe_gives_what_it_shows(database: str, recipe: Recipe, tmp_path: Path) -> None:
    path = tmp_path / "warehouse.toml"
    path.write_text(recipe.mapping)
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(recipe.tables.encode())
        attached.attach(database, path)
        assert attached.levels(connection) == {level: n for level, n in recipe.levels.items() if n}
