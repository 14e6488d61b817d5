"""A shop is read by bulk operations, whole or not at all, and as well as page by page."""

from __future__ import annotations

from typing import Any

from tests.house.house import House

ONE, TWO = "SKU-000001", "SKU-000002"


def always(house: House) -> None:
    """Whatever is read is worth a bulk operation."""
    house.do("update sync.kinds set bulk_above = -1")


def operations(house: House) -> list[tuple[Any, ...]]:
    query = "select document, state, problem from sync.bulk_operations order by id"
    return [tuple(r.values()) for r in house.rows(query)]


def test_stock_is_reconciled_by_a_bulk_operation(house: House) -> None:
    house.receive(ONE, 10)
    house.receive(TWO, 10)
    with house.runner():
        house.wait_quiet()
    always(house)
    house.sandbox.edit(TWO, 17)
    house.sandbox.reset_stats()
    done = house.shelfwire("reconcile", "inventory")
    assert done.returncode == 0, done.stderr
    assert "1" in done.stdout
    assert operations(house) == [("BulkVariants", "done", None)]
    assert house.rows("select from sync.bulk_lines") == []
    (way,) = house.rows("select way from sync.runs where kind = 'reconcile_inventory'")
    assert way["way"].startswith("bulk operation: 1 pages of 250 variants would cost ")
    (wrong,) = house.rows("select sku, expected, found, cause from sync.open_discrepancies")
    assert tuple(wrong.values()) == (TWO, 10, 17, "foreign edit")
    with house.runner():
        house.wait_quiet()
    assert house.offered()[TWO] == 10
    assert house.shelfwire("reconcile", "inventory").returncode == 0
    assert house.rows("select from sync.open_discrepancies") == []


def test_a_variant_that_is_gone_is_forgotten_and_a_new_one_is_linked(house: House) -> None:
    always(house)
    house.delete_in_shop(ONE)
    house.add_in_shop("New", {"sku": ONE})
    assert house.shelfwire("link").returncode == 0
    shown = house.rows("select sku, handle from sync.remote_variants where sku = %s", ONE)
    assert [r["handle"] for r in shown] == ["new"]
    (linked,) = house.rows("select state from sync.links where sku = %s", ONE)
    assert linked["state"] == "ok"
