"""A database's habits: whatever its names, types and settings, a mapping works or is refused by name."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from runner.warehouse import adapter
from runner.warehouse.mapping import MappingFile
from tests.runner.warehouse.mappings import problem, written
from tests.seeds import rows

TABLES = """
create schema app; create schema "Two Schemas";
create domain app.amount as numeric(10, 2) not null check (value >= 0);
create type app.state as enum ('in', 'out');
create table app.goods (id integer primary key, code text, label text);
create table app.rows (good integer, place text, n app.amount, state app.state default 'in', seen date default now());
create table "Two Schemas"."Stock.Rows" ("Good ""A"" No" integer, "Where?" text, "N" integer);
insert into app.goods values (1, 'A', 'a'), (2, 'B', 'b');
insert into app.rows values (1, 'x', 2), (1, 'y', 3), (2, 'x', 4);
insert into "Two Schemas"."Stock.Rows" values (1, 'x', 5);
"""
PRODUCTS = "select id as product, code as sku, label as title from app.goods"
STOCK = "select good as product, n as available from app.rows"


@pytest.fixture
def app(database: str) -> Iterator[psycopg.Connection[Any]]:
    """Products 1 and 2 with 5 and 4 units."""
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(TABLES.encode())
        yield connection


def mapping(products: str = PRODUCTS, stock: str = STOCK, head: str = "", watch: str = '"app.rows" = "good"') -> str:
    return f"{head}\n[products]\nsql = '''{products}'''\n[stock]\nsql = '''{stock}'''\n[watch]\n{watch}\n"


def attach(dsn: str, path: Path) -> None:
    asyncio.run(adapter.attach(dsn, MappingFile(path)))


@pytest.mark.parametrize(
    "stock",
    [
        f"{STOCK};",
        f"-- what lies there; all of it\n{STOCK} -- the end",
        f"{STOCK}; -- the end",
        f"/* ; */ {STOCK} /* ; */ ;;",
        "select * from (select good as product, n as available, ';' as mark, '%' as percent, '{{ x }}' as odd "
        "from app.rows) as r",
        "select r.*, r.good as product, r.n as available from app.rows as r",
        "with r as (select * from app.rows) select good as product, n as available from r",
        f"{STOCK} where place = 'x' union all {STOCK} where place <> 'x'",
        f"({STOCK} where place = 'x') union ({STOCK} where place <> 'x')",
        "with recursive t (good, n, depth) as (select good, n::numeric, 0 from app.rows "
        "union all select good, 0, depth + 1 from t where depth < 2) select good as product, n as available from t",
        "select good as product, sum(n) as available from app.rows group by good order by good",
        "values (1, 5), (2, 4)",
        "select good as product, n as available from app.rows where '$$' <> E'\\\\n' and 'a''b' like '%'",
        "select good as product, n as available from app.rows where place <> '$sync$' and place <> '$sync_$'",
    ],
)
def test_a_select_is_written_as_its_author_likes(
    app: psycopg.Connection[Any], database: str, tmp_path: Path, stock: str
) -> None:
    if stock.startswith("values"):
        stock = f"select * from ({stock}) as v (product, available)"
    attach(database, written(tmp_path, mapping(stock=stock)))
    read = "select product_key, available from sync.read_stock({}) order by 1"
    assert rows(app, read.format("")) == [("1", 5), ("2", 4)]
    assert rows(app, read.format("'{1,9}'")) == [("1", 5)]


@pytest.mark.parametrize(
    ("stock", "words"),
    [
        ("insert into app.rows values (3, 'z', 1) returning good as product, 1 as available", "syntax error"),
        ("with gone as (delete from app.rows returning *) select good as product, n as available from gone",
         "must not contain data-modifying statements"),
        (f"{STOCK}; drop table app.rows", "cannot insert multiple commands"),
        (f"{STOCK}) as s; drop table app.rows; select 1 from (select 1", "syntax error"),
        ("select good as product, n as available into app.copy from app.rows", "must not contain SELECT INTO"),
        ("table app.nothing", 'relation "app.nothing" does not exist'),
        ("select good as product, $1 as available from app.rows", "there is no parameter $1"),
        ("select good as product, n as available, good as product from app.rows", 'column "product" specified more'),
        ("", "the select is empty"),
        (";", "the select is empty"),
    ],
)  # fmt: skip
def test_what_is_no_select_is_refused_by_name_and_does_nothing(
    app: psycopg.Connection[Any], database: str, tmp_path: Path, stock: str, words: str
) -> None:
    message = problem(database, written(tmp_path, mapping(stock=stock)))
    assert ":5: " in message and "stock" in message and words in message
    assert rows(app, "select count(*) from app.rows") == [(3,)]


NAMED = 'select "Good ""A"" No" as product, "Where?" as location, "N" as available from "Stock.Rows"'


@pytest.mark.parametrize(
    "watch",
    [
        """"Stock.Rows" = 'Good "A" No'""",
        """"Two Schemas.Stock.Rows" = 'Good "A" No'""",
        """[watch."Stock.Rows"]\ncolumn = 'Good "A" No'""",
        """"Two Schemas"."Stock.Rows" = 'Good "A" No'""",
    ],
)
def test_names_are_taken_as_they_are(app: psycopg.Connection[Any], database: str, tmp_path: Path, watch: str) -> None:
    head = 'schema = ["app", "Two Schemas"]'
    attach(database, written(tmp_path, mapping(stock=NAMED, head=head, watch=watch)))
    assert rows(app, "select * from sync.read_stock()") == [("1", "x", 5)]
    app.execute('delete from sync.change_queue_0; update "Two Schemas"."Stock.Rows" set "N" = 6')
    assert rows(app, "select relation, key from sync.queued_changes") == [('"Two Schemas"."Stock.Rows"', "1")]


def test_unqualified_names_are_those_of_the_schemas_in_the_file_or_of_the_role(
    app: psycopg.Connection[Any], database: str, tmp_path: Path
) -> None:
    bare = mapping(PRODUCTS.replace("app.", ""), STOCK.replace("app.", ""), watch='rows = "good"')
    # Whatever is found first there must not be taken for what the application means.
    app.execute("create table public.goods (id integer, code text, label text)")
    attach(database, written(tmp_path, f'schema = "app"\n{bare}'))
    assert rows(app, "select count(*) from sync.read_products()") == [(2,)]
    asyncio.run(adapter.detach(database))
    for path, count in (("app", 2), ('"$user", app, public', 2)):
        dsn = make_conninfo(database, options=f"-c search_path={path.replace(' ', '')}")
        attach(dsn, written(tmp_path, bare))
        assert rows(app, "select count(*) from sync.read_products()") == [(count,)]
        assert rows(app, "select relation from sync.watches where is_watched") == [("app.rows",)]
    empty = problem(make_conninfo(database, options="-c search_path="), written(tmp_path, bare))
    assert 'relation "goods" does not exist' in empty


def test_settings_of_the_session_that_attaches_change_no_constant(
    app: psycopg.Connection[Any], database: str, tmp_path: Path
) -> None:
    app.execute("update app.rows set seen = case good when 1 then '2020-03-04' else '2020-05-01' end::date")
    stock = f"{STOCK} where seen < date '05.04.2020' + interval '-1 0:00:00' and n < 4.4000000000000004::float8"
    options = "-c datestyle=German -c intervalstyle=sql_standard -c extra_float_digits=-5"
    attach(make_conninfo(database, options=options), written(tmp_path, mapping(stock=stock)))
    assert rows(app, "select product_key, available from sync.read_stock()") == [("1", 5)]


SHORT = """schema = "app"
[products]
table = "goods"
key = "id"
sku = "code"
title = "label"
[items]
table = "rows"
product = "good"
status = "state"
units = "n"
[items.states]
available = ["in"]
"""


def test_domains_and_enums_are_what_they_are_made_of(
    app: psycopg.Connection[Any], database: str, tmp_path: Path
) -> None:
    attach(database, written(tmp_path, SHORT))
    assert rows(app, "select product_key, available from sync.read_stock() order by 1") == [("1", 5), ("2", 4)]
    app.execute("delete from sync.change_queue_0; update app.rows set state = 'out' where place = 'y'")
    assert rows(app, "select op, key from sync.change_queue_0") == [("update", "1")]
    assert rows(app, "select available from sync.read_stock('{1}')") == [(2,)]


@pytest.mark.parametrize(
    ("alter", "words"),
    [
        ("alter state drop default, alter state type json using to_json(state)",
         ":10: app.rows.state is of type json: say in SQL what it means, by [stock] instead of [items]."),
        ("alter state drop default, alter state type jsonb using to_jsonb(state)",
         ":10: app.rows.state is of type jsonb: say in SQL"),
        ("alter state drop default, alter state type integer using 1", ":13: 'in' is no value of type integer."),
        ("alter state drop default, alter state type text[] using '{}'", ":13: 'in' is no value of type text[]."),
        ("alter n type money using n::numeric::money", ":11: app.rows.n is of type money, no number."),
        ("alter n type text", ":11: app.rows.n is of type text, no number."),
        ("alter good type json using to_json(good)", ":8: app.rows.good is of type json, which cannot be a key."),
    ],
)  # fmt: skip
def test_a_column_of_the_short_form_that_cannot_be_meant_is_refused_by_name(
    app: psycopg.Connection[Any], database: str, tmp_path: Path, alter: str, words: str
) -> None:
    app.execute(f"alter table app.rows {alter}".encode())
    assert words in problem(database, written(tmp_path, SHORT))
