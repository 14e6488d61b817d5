"""A warehouse in parts: a partitioned table, read through a view and a function."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from house.warehouse import MAPPING
from runner.warehouse import adapter
from runner.warehouse.mapping import MappingFile
from tests.runner.warehouse.mappings import written
from tests.runner.warehouse.sight import levels, relay
from tests.seeds import Shelf

PARTS = """
create table warehouse.parts (id serial, product_id integer not null, location_id integer not null, units integer)
partition by list (location_id);
create table warehouse.front partition of warehouse.parts for values in (1);
create table warehouse.back partition of warehouse.parts for values in (2);
create view warehouse.counted as select product_id as product, location_id as location, units as available
from warehouse.parts;
create function warehouse.offered(units integer) returns integer language sql return units;
"""
STOCK = "select product, location, warehouse.offered(available) as available from warehouse.counted"


def attach_parts(dsn: str, tmp_path: Path, stock: str = STOCK, watched: str = "warehouse.parts") -> list[str]:
    text = MAPPING.read_text()
    text = text[: text.index("[items]")] + f'[stock]\nsql = "{stock}"\n[watch]\n"{watched}" = "product_id"\n'
    return asyncio.run(adapter.attach(dsn, MappingFile(written(tmp_path, text))))


@pytest.fixture
def parts(shelf: Shelf, warehouse: str, tmp_path: Path) -> Shelf:
    """Two products with units in a table of two partitions, read through a view and a function."""
    keys = shelf.stocked(0, 0)
    shelf.connection.execute(PARTS.encode())
    shelf.connection.execute(
        "insert into warehouse.parts (product_id, location_id, units) select p::int, l, 10 * l "
        "from unnest(%s::text[]) as p, generate_series(1, 2) as l",
        (keys,),
    )
    attach_parts(warehouse, tmp_path)
    for key in keys:
        shelf.see(key, 11, 10)
        shelf.see(key, 12, 20)
    relay(shelf)
    shelf.settle()
    shelf.connection.execute("select sync.check_capture()")
    assert levels(shelf) == dict.fromkeys(keys, 30)
    return shelf
