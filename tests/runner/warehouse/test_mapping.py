"""The mapping file: what is wrong in it is named with its line, what is odd in the warehouse is no problem."""

from __future__ import annotations

import asyncio
from pathlib import Path

import psycopg
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from psycopg import sql

from house.warehouse import DEPOT, REFERENCE, build
from runner.errors import MappingError
from runner.warehouse import adapter
from runner.warehouse.mapping import MappingFile
from tests.runner.warehouse.mappings import problem, written
from tests.seeds import rows

TEXT = (REFERENCE / "warehouse.toml").read_text()


def line_of(text: str, part: str) -> int:
    return next(n for n, line in enumerate(text.splitlines(), 1) if part in line)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('table = "shipment_items"', 'table = "items"', "there is no table warehouse.items"),
        ('location = "location_id"', 'location = "place"', "warehouse.shipment_items has no column 'place'"),
        ('sku = "sku"', 'sku = "SKU"', "warehouse.products has no column 'SKU'"),
        ('watch = ["name", "email", "phone"]', 'watch = ["name", "fax"]', "has no column 'fax'"),
        ('table = "customers"', 'table = "everyone"', "another kind of relation"),
    ],
)
def test_what_is_missing_in_the_database_is_named_with_its_line(
    warehouse: str, tmp_path: Path, old: str, new: str, words: str
) -> None:
    with psycopg.connect(warehouse, autocommit=True) as connection:
        connection.execute("create view warehouse.everyone as select * from warehouse.customers")
    path = written(tmp_path, TEXT.replace(old, new))
    message = problem(warehouse, path)
    assert f"{path}:{line_of(path.read_text(), new)}: " in message
    assert words in message


def test_all_that_is_missing_is_named_at_once(warehouse: str, tmp_path: Path) -> None:
    path = written(tmp_path, TEXT.replace('sku = "sku"', 'sku = "x"').replace('status = "status"', 'status = "y"'))
    assert len(problem(warehouse, path).splitlines()) == 2


def test_a_missing_schema_is_named(warehouse: str, tmp_path: Path) -> None:
    path = written(tmp_path, TEXT.replace('schema = "warehouse"', 'schema = "elsewhere"'))
    assert "elsewhere has: no table at all" in problem(warehouse, path)


def test_a_status_that_is_no_value_of_its_column_is_named(database: str, tmp_path: Path) -> None:
    build(database, DEPOT)
    text = (DEPOT / "warehouse.toml").read_text().replace("[20]", '["gone", 40000]')
    path = written(tmp_path, text)
    message = problem(database, path)
    where = f"{path}:{line_of(text, 'gone')}: "
    assert f"{where}'gone' is no value of type smallint" in message
    assert f"{where}'40000' is no value of type smallint" in message


def test_a_status_that_counts_twice_is_named(warehouse: str, tmp_path: Path) -> None:
    path = written(tmp_path, TEXT.replace('reserved = ["reserved"]', 'reserved = ["received"]'))
    assert f"{path}:{line_of(path.read_text(), 'reserved = ')}: status 'received' is named twice" in problem(
        warehouse, path
    )


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('key = "id"', 'kee = "id"', "products.kee: Extra inputs are not permitted"),
        ('table = "products"', "table = 7", "products.table: Input should be a valid string"),
        ('available = ["received"]', "available = []", "items.states.available: List should have at least 1"),
        ('table = "locations"', 'table = ""', "locations.table: String should have at least 1"),
        ('sku = "sku"\n', "", "products.sku: Field required"),
        ('sku = "sku"', 'sku = "a\\tb"', "products.sku: names with control characters"),
    ],
)
def test_what_is_wrong_in_the_file_is_named_with_its_line(tmp_path: Path, old: str, new: str, words: str) -> None:
    text = TEXT.replace(old, new, 1)
    path = written(tmp_path, text)
    with pytest.raises(MappingError) as found:
        MappingFile(path)
    # What is not there is looked for in its section.
    assert f"{path}:{line_of(text, new or '[products]')}: " in str(found.value)
    assert words in str(found.value)


def test_malformed_toml_names_the_line(tmp_path: Path) -> None:
    with pytest.raises(MappingError, match=r"not TOML.*line 6"):
        MappingFile(written(tmp_path, TEXT.replace('table = "products"', "table = products", 1)))


def test_a_file_that_is_not_there_is_named_with_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(MappingError, match=r"absent\.toml cannot be read.*--map"):
        MappingFile(tmp_path / "absent.toml")


def test_a_file_that_is_not_text_is_an_error_of_the_mapping(tmp_path: Path) -> None:
    path = tmp_path / "warehouse.toml"
    path.write_bytes(b'schema = "\xff\xfe"')
    with pytest.raises(MappingError, match="not TOML"):
        MappingFile(path)


# Nothing that Postgres takes as a name may break out of the SQL that is rendered.
names = st.text(st.characters(blacklist_categories=["C", "Zl", "Zp", "Zs"]), min_size=1, max_size=15).filter(
    lambda name: len(name.encode()) <= 62
)
ODD = [
    "select",
    "Käse",
    'quo"te',
    "it's",
    "a.b",
    "a b",
    "$$",
    "{{ x }}",
    "$sync$",
    "$sync_$",
    "--",
    "%s",
    "\\",
    ";",
    "new",
    "old",
]


def toml(value: str) -> str:
    escaped = "".join(c if c.isalnum() or c in " _-" else f"\\U{ord(c):08x}" for c in value)
    return f'"{escaped}"'


@settings(
    max_examples=10, deadline=None, phases=[Phase.generate], suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(names | st.sampled_from(ODD), min_size=6, max_size=6, unique=True))
def test_any_name_is_taken_as_it_is(database: str, tmp_path: Path, found: list[str]) -> None:
    schema, products, items, key, text, status = found
    create = sql.SQL(
        "create schema {schema}; create table {schema}.{products} ({key} integer primary key, {text} text); "
        "create table {schema}.{items} ({key} integer, {status} text, {text} text)"
    ).format(
        schema=sql.Identifier("x" + schema),
        products=sql.Identifier(products),
        items=sql.Identifier(items),
        key=sql.Identifier(key),
        text=sql.Identifier(text),
        status=sql.Identifier(status),
    )
    path = written(
        tmp_path,
        f"schema = {toml('x' + schema)}\n[products]\ntable = {toml(products)}\nkey = {toml(key)}\nsku = {toml(text)}\n"
        f"title = {toml(text)}\n[items]\ntable = {toml(items)}\nproduct = {toml(key)}\nstatus = {toml(status)}\n"
        f"[items.states]\navailable = [{toml(status)}]\n",
    )
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(create)
        try:
            asyncio.run(adapter.attach(database, MappingFile(path)))
            table = sql.SQL("{}.{}").format(sql.Identifier("x" + schema), sql.Identifier(items))
            connection.execute(sql.SQL("insert into {} values (7, {}, 'x')").format(table, sql.Literal(status)))
            connection.execute(sql.SQL("update {} set {} = 'other'").format(table, sql.Identifier(status)))
            assert rows(connection, "select op, key from sync.change_queue_0 where op <> 'attach'") == [
                ("insert", "7"),
                ("update", "7"),
            ]
            connection.execute(sql.SQL("update {} set {} = {}").format(table, sql.Identifier(status), status))
            assert rows(connection, "select available from sync.available_inventory") == [(1,)]
        finally:
            asyncio.run(adapter.detach(database))
            connection.execute(sql.SQL("drop schema {} cascade").format(sql.Identifier("x" + schema)))
            connection.execute("delete from sync.change_queue_0")


@pytest.mark.parametrize("column", ["barcode", "products.barcode", "warehouse.products.barcode"])
def test_a_select_that_reads_what_must_not_leave_the_house_is_named(
    warehouse: str, tmp_path: Path, column: str
) -> None:
    path = written(tmp_path, TEXT.replace('"qr_code"', f'"{column}"'))
    message = problem(warehouse, path)
    assert f"{path}:{line_of(TEXT, '[products]')}: [products] reads warehouse.products.barcode" in message
