"""Amounts become whole units once, when all of what is shown together is added up; what is none of it is listed."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from runner.warehouse import adapter
from runner.warehouse.check import Report
from runner.warehouse.mapping import MappingFile
from tests.runner.warehouse.mappings import written
from tests.seeds import FRONT, Shelf, rows

MAPPING = """
schema = "warehouse"
[products]
sql = "select id as product, sku, name as title from products"
[locations]
sql = "select id as location, name from locations"
[stock]
sql = "select product_id as product, bin as location, amount as available from bins"
[watch]
products = "id"
bins = "product_id"
"""


def stocked(shelf: Shelf, dsn: str, path: Path, column: str, amounts: str) -> tuple[str, Report]:
    """Product 1 with amounts in the bins 1 and 2, both shown at one location of the shop; its key."""
    (key,) = shelf.stocked(0)
    shelf.connection.execute("select sync.map_location(%s, '2', %s)", (shelf.shop, FRONT))
    shelf.connection.execute(
        f"create domain warehouse.amount as numeric not null; "
        f"create table warehouse.bins (product_id bigint, bin integer, amount {column}); "
        f"insert into warehouse.bins values {amounts}".encode()
    )
    file = MappingFile(written(path, MAPPING))
    report = asyncio.run(adapter.inspect(dsn, file))
    asyncio.run(adapter.attach(dsn, file))
    shelf.relay()
    return key, report


@pytest.mark.parametrize(
    ("column", "amounts", "shown"),
    [
        ("numeric(10,3)", "(1, 1, 9.5), (1, 2, 4.5)", 14),
        ("numeric", "(1, 1, 0.9), (1, 2, 0.9)", 1),
        ("warehouse.amount", "(1, 1, 9.5), (1, 2, 4.5)", 14),
        ("double precision", "(1, 1, 0.7), (1, 1, 0.7), (1, 1, 0.7), (1, 1, 0.7), (1, 1, 0.7), (1, 2, 3.5)", 7),
        ("real", "(1, 1, 0.7), (1, 1, 0.7), (1, 1, 0.7), (1, 1, 0.7), (1, 1, 0.7), (1, 2, 3.5)", 7),
        ("real", "(1, 1, 1234567)", 1234567),
        ("bigint", "(1, 1, 7), (1, 2, -3)", 4),
        ("numeric", "(1, 1, null), (1, 1, 3)", 3),
    ],
)
def test_amounts_are_added_before_they_are_cut(
    shelf: Shelf, warehouse: str, tmp_path: Path, column: str, amounts: str, shown: int
) -> None:
    key, _ = stocked(shelf, warehouse, tmp_path, column, amounts)
    found = rows(shelf.connection, "select desired from sync.compute_levels(%s, %s) where location_id = %s",
                 shelf.shop, [key], FRONT)  # fmt: skip
    assert found == [{"desired": shown}]
    levels = rows(shelf.connection, "select counted from sync.inventory_levels where location_id = %s", FRONT)
    assert levels == [{"counted": shown}]


@pytest.mark.parametrize(
    ("column", "amounts", "shown", "oddity", "message", "advice"),
    [
        ("integer", "(1, 1, -3)", 0, "NEGATIVE_STOCK", "-3 units at 1", "1 products have fewer than no units"),
        (
            "numeric",
            "(1, 1, 1e12)",
            1000000000,
            "EXCESSIVE_STOCK",
            "1000000000000 units at 1",
            "1 products have more than",
        ),
        ("numeric", "(1, 1, 'Infinity')", 1000000000, "EXCESSIVE_STOCK", "Infinity units", "1 products have more than"),
        ("real", "(1, 1, '-Infinity')", 0, "NEGATIVE_STOCK", "-Infinity units", "1 products have fewer than no units"),
        (
            "double precision",
            "(1, 1, 'NaN')",
            0,
            "UNCOUNTED_STOCK",
            "NaN units at 1",
            "1 products have no number of units",
        ),
        ("numeric", "(1, 1, null)", 0, "UNCOUNTED_STOCK", "null units at 1", "1 products have no number of units"),
    ],
)
def test_what_is_no_number_to_sell_is_shown_as_one_and_listed(
    shelf: Shelf, warehouse: str, tmp_path: Path,
    column: str, amounts: str, shown: int, oddity: str, message: str, advice: str,
) -> None:  # fmt: skip
    key, report = stocked(shelf, warehouse, tmp_path, column, amounts)
    assert any(line.startswith(advice) for line in report.advice), report.advice
    found = rows(shelf.connection, "select desired from sync.compute_levels(%s, %s) where location_id = %s",
                 shelf.shop, [key], FRONT)  # fmt: skip
    assert found == [{"desired": shown}]
    (listed,) = rows(shelf.connection, "select * from sync.open_refusals where key = %s", key)
    assert (listed["class"], listed["sku"]) == (oddity, "SKU-0")
    assert message in listed["message"] and listed["remedy"]
