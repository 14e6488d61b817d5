"""What a select reads beside tables: replaced or dropped, the numbers follow or the push is held."""

from __future__ import annotations

from pathlib import Path

import pytest

from house.warehouse import MAPPING
from tests.runner.warehouse.conftest import PARTS, attach_parts
from tests.runner.warehouse.sight import alerts, levels, relay
from tests.seeds import Shelf, value


@pytest.mark.parametrize(
    ("ddl", "units"),
    [
        ("create or replace view warehouse.counted as select product_id as product, location_id as location, "
         "units + 1 as available from warehouse.parts", 32),
        ("create or replace function warehouse.offered(units integer) returns integer language sql "
         "return units - 1", 28),
    ],
)  # fmt: skip
def test_a_view_or_function_of_the_select_that_is_replaced_is_followed(parts: Shelf, ddl: str, units: int) -> None:
    parts.connection.execute(ddl.encode())
    assert set(levels(parts).values()) == {units}


@pytest.mark.parametrize(
    ("ddl", "said"),
    [
        ("drop function warehouse.offered(integer)", "function warehouse.offered(integer) does not exist"),
        ("drop view warehouse.counted", 'relation "warehouse.counted" does not exist'),
        ("drop table warehouse.parts cascade", "warehouse.counted"),
        ("drop schema warehouse cascade", "warehouse.products"),
    ],
)
def test_what_a_select_reads_may_be_dropped_and_pushing_is_held_until_it_is_back(
    parts: Shelf, warehouse: str, tmp_path: Path, ddl: str, said: str
) -> None:
    c = parts.connection
    parts.connection.execute("update warehouse.parts set units = units - 1")
    c.execute(ddl.encode())
    relay(parts)
    assert value(c, "select sync.held_back(%s, 'inventory')", parts.shop) == "mapping"
    assert any(said in message for message, _ in alerts(parts, "mapping_broken"))
    if "function" in ddl:
        c.execute("create function warehouse.offered(units integer) returns integer language sql return units")
        c.execute("update sync.mapping_faults set probe_at = now()")
        relay(parts)
    else:
        c.execute("drop schema if exists warehouse cascade")
        c.execute((MAPPING.parent / "schema.sql").read_bytes())
        c.execute(PARTS.encode())
        c.execute("insert into warehouse.locations (name) values ('Front'), ('Back')")
        c.execute("insert into warehouse.products (sku, name) values ('SKU-0', 'A'), ('SKU-1', 'B')")
        c.execute("insert into warehouse.parts (product_id, location_id, units) values (1, 1, 28), (2, 1, 28)")
        attach_parts(warehouse, tmp_path)
        relay(parts)
    assert value(c, "select sync.held_back(%s, 'inventory')", parts.shop) is None
    assert levels(parts) == {"1": 28, "2": 28}
    assert set(parts.pending()) == {"1", "2"}
    assert alerts(parts, "mapping_broken") == alerts(parts, "capture_gap") == []


def test_a_view_that_reads_another_column_by_now_is_followed(parts: Shelf, warehouse: str, tmp_path: Path) -> None:
    c = parts.connection
    c.execute("alter table warehouse.parts add damaged integer not null default 0")
    attach_parts(warehouse, tmp_path, "select product, location, available from warehouse.counted")
    c.execute(
        "create or replace view warehouse.counted as select product_id as product, location_id as location, "
        "units - damaged as available from warehouse.parts"
    )
    relay(parts)
    parts.settle()
    c.execute("update warehouse.parts set damaged = 1 where product_id = 1")
    relay(parts)
    assert set(parts.pending()) == {"1"}
