"""Keys of different types: the same product is the same, and what is not is said, never dropped."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from runner.warehouse import adapter
from runner.warehouse.mapping import MappingFile
from tests.runner.warehouse.mappings import problem, written
from tests.seeds import rows

MAPPING = """
schema = "app"
[products]
sql = "select k as product, sku, sku as title from products"
[stock]
sql = "select k as product, units as available from stock"
[watch]
products = "k"
stock = "k"
"""
UUID = "0a1b2c3d-0000-4000-8000-00000000beef"
LONG = "1234567890123456789012345678901234567"
TYPES = """
create extension citext schema public;
create schema app;
create domain app.whole as integer not null;
create domain app.code as varchar(12);
create type app.size as enum ('small', 'large');
"""
# Types of [products] and [stock], the same key as each writes it, its one text, and whether an index serves.
SAME = [
    ("uuid", "uuid", UUID, UUID, UUID, True),
    ("uuid", "varchar(36)", UUID, UUID.upper(), UUID, False),
    ("uuid", "text", UUID, "{" + UUID + "}", UUID, False),
    ("integer", "bigint", "7", "7", "7", True),
    ("bigint", "bigint", "9223372036854775807", "9223372036854775807", "9223372036854775807", True),
    ("smallint", "numeric(10,2)", "7", "7.00", "7", True),
    ("numeric(10,2)", "integer", "7.00", "7", "7", True),
    ("numeric(40,0)", "numeric", LONG, LONG + ".00", LONG, True),
    ("integer", "text", "7", "007", "7", False),
    ("text", "integer", "7", "7", "7", True),
    ("text", "numeric(10,2)", "7", "7.00", "7", True),
    ("public.citext", "public.citext", "Ab-1", "aB-1", "ab-1", True),
    ("public.citext", "text", "Ab-1", "AB-1", "ab-1", False),
    ("text", "char(8)", "A1", "A1", "A1", True),
    ("char(8)", "varchar", "A1", "A1", "A1", True),
    ("app.whole", "bigint", "7", "7", "7", True),
    ("app.code", "app.code", "A1", "A1", "A1", True),
    ("app.code", "text", "A1", "A1", "A1", True),
    ("text", "app.size", "small", "small", "small", False),
    ("app.size", "app.size", "small", "small", "small", False),
]


@pytest.fixture
def app(database: str) -> Iterator[psycopg.Connection[Any]]:
    """A schema with the types of `SAME`."""
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(TYPES.encode())
        yield connection


def make(app: psycopg.Connection[Any], products: str, stock: str) -> None:
    app.execute(
        f"create table app.products (k {products} primary key, sku text); "
        f"create table app.stock (k {stock}, units integer); create index on app.stock (k)".encode()
    )


@pytest.mark.parametrize(("products", "stock", "one", "other", "key", "is_indexed"), SAME)
def test_one_product_is_one_whatever_the_columns_are(
    app: psycopg.Connection[Any], database: str, tmp_path: Path,
    products: str, stock: str, one: str, other: str, key: str, is_indexed: bool,
) -> None:  # fmt: skip
    make(app, products, stock)
    app.execute("insert into app.products values (%s, 'A')", (one,))
    app.execute("insert into app.stock select %s, 1 from generate_series(1, 12000)", (other,))
    app.execute("analyze app.stock")
    file = MappingFile(written(tmp_path, MAPPING))
    report = asyncio.run(adapter.inspect(database, file))
    assert report.refusals == []
    said = " ".join(report.advice)
    assert ("are compared as" in said) == (keyed(products) != keyed(stock))
    assert "that [products] does not have" not in said
    asyncio.run(adapter.attach(database, file))
    app.execute("delete from sync.change_queue_0; update app.stock set units = 2 where ctid = '(0,1)'")
    assert rows(app, "select distinct product_key from sync.queued_products") == [(key,)]
    app.execute("delete from sync.change_queue_0; update app.products set sku = 'B'")
    assert rows(app, "select distinct product_key from sync.queued_products") == [(key,)]
    assert rows(app, "select product_key from sync.read_products(array[%s])", key) == [(key,)]
    assert rows(app, "select product_key, available from sync.read_stock(array[%s, 'x', '99'])", key) == [(key, 12001)]
    assert rows(app, "select class from sync.stock_oddities where class = 'UNKNOWN_PRODUCT'") == []
    assert ("No index serves" in said or "create index" in said) == (not is_indexed)


# By the column's type: what attaching complains of.
REFUSED = {
    "json": "product of [stock] is of type json, which cannot be a key: cast it in the select, product::text",
    "date": "product of [stock] is of type date, which cannot be a key",
    "double precision": "product of [stock] is of type double precision, which cannot be a key",
    "integer[]": "product of [stock] is of type integer[], which cannot be a key",
    'text collate app."Loose"': "is of type text with a collation by which different texts are equal, which cannot be",
    "uuid": "product of [stock] is of type uuid, never a key of type integer",
}


@pytest.mark.parametrize("declared", REFUSED)
def test_what_cannot_be_a_key_is_refused_by_name(
    app: psycopg.Connection[Any], database: str, tmp_path: Path, declared: str
) -> None:
    # Only ICU makes such collations, and the embedded server has none.
    app.execute('create collation app."Loose" from "C"')
    app.execute("update pg_collation set collisdeterministic = false where collname = 'Loose'")
    app.execute("create table app.products (k integer, sku text)")
    app.execute(f"create table app.stock (k {declared}, units integer)".encode())
    path = written(tmp_path, MAPPING.replace('stock = "k"', ""))
    assert REFUSED[declared] in problem(database, path)
    if declared != "uuid":
        path = written(tmp_path, MAPPING.replace("select k as product, units", "select 1 as product, units"))
        assert f"app.stock.k is of type {declared.split(' collate')[0]}" in problem(database, path)


def test_units_whose_product_is_unknown_are_counted_and_shown(
    app: psycopg.Connection[Any], database: str, tmp_path: Path
) -> None:
    make(app, "varchar(36)", "uuid")
    app.execute("insert into app.products values (%s, 'A')", (UUID.upper(),))
    app.execute("insert into app.stock values (%s, 3), (%s, 4)", (UUID, UUID))
    file = MappingFile(written(tmp_path, MAPPING))
    report = asyncio.run(adapter.inspect(database, file))
    assert any(
        line.startswith("7 units in [stock] are of 1 products that [products] does not have") for line in report.advice
    )
    asyncio.run(adapter.attach(database, file))
    assert rows(app, "select key, message from sync.stock_oddities where class = 'UNKNOWN_PRODUCT'") == [
        (UUID, "The warehouse counts 7 units of a product that it does not have.")
    ]


def keyed(declared: str) -> str:
    """What a type comes down to for comparing."""
    name = declared.split("(")[0].split(".")[-1]
    families = {"varchar": "text", "char": "text", "code": "text", "whole": "integer"}
    return families.get(name, "integer" if name.endswith("int") else name)
