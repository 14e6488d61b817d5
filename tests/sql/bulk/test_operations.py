"""Bulk operations as they are stored: one for each purpose, slots shared by all processes, a result whole or none."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pytest

from tests.seeds import FRONT, Shelf, rows, value


def opened(shelf: Shelf, owner: str = "run 1", document: str = "BulkVariants", kind: str = "QUERY") -> int:
    return int(value(shelf.connection, "select (sync.open_bulk(%s, %s, %s, %s)).id", shelf.shop, kind, document, owner))


def claimed(shelf: Shelf, operation: int) -> bool:
    return bool(value(shelf.connection, "select sync.claim_bulk(%s)", operation))


def fetched(shelf: Shelf, operation: int, nodes: Sequence[dict[str, Any]]) -> int:
    """The lines of a result come in; returns the download's number."""
    download = int(value(shelf.connection, "select sync.begin_download(%s)", operation))
    for node in nodes:
        shelf.connection.execute(
            "insert into sync.bulk_lines (download, node) values (%s, %s::json)", (download, json.dumps(node))
        )
    return download


def judged(shelf: Shelf, operation: int, download: int) -> str | None:
    found = value(shelf.connection, "select sync.judge_download(%s, %s)", operation, download)
    return None if found is None else str(found)


def counted(shelf: Shelf, operation: int, objects: int, roots: int) -> None:
    shelf.connection.execute("select sync.advance_bulk(%s, 'completed', 7, %s, %s)", (operation, objects, roots))


def variant(number: int, sku: str) -> dict[str, Any]:
    return {
        "id": f"gid://shopify/ProductVariant/{1000 + number}",
        "sku": sku,
        "displayName": sku,
        "barcode": None,
        "product": {"id": f"gid://shopify/Product/{500 + number}", "handle": sku.lower()},
        "inventoryItem": {"id": f"gid://shopify/InventoryItem/{2000 + number}", "tracked": True},
    }


def level(number: int, available: int, location: int = FRONT) -> dict[str, Any]:
    return {
        "id": f"gid://shopify/InventoryLevel/9?inventory_item_id={2000 + number}",
        "location": {"id": f"gid://shopify/Location/{location}"},
        "quantities": [{"name": "committed", "quantity": 0}, {"name": "available", "quantity": available}],
        "__parentId": f"gid://shopify/ProductVariant/{1000 + number}",
    }


def test_whoever_goes_on_gets_what_was_begun(shelf: Shelf) -> None:
    assert opened(shelf) == opened(shelf)
    assert opened(shelf, "run 2") != opened(shelf)
    first = opened(shelf)
    shelf.connection.execute("select sync.end_bulk(%s, 'It failed.')", (first,))
    assert opened(shelf) != first


def test_five_of_a_type_run_at_a_time_and_the_first_that_waits_is_next(shelf: Shelf) -> None:
    running = [opened(shelf, f"run {n}") for n in range(5)]
    assert all(claimed(shelf, one) for one in running)
    sixth, seventh = opened(shelf, "run 6"), opened(shelf, "run 7")
    assert not claimed(shelf, sixth)
    assert not claimed(shelf, seventh)
    assert claimed(shelf, opened(shelf, "push catalog", "ProductUpdate", "MUTATION"))
    shelf.connection.execute("select sync.end_bulk(%s, null)", (running[0],))
    assert not claimed(shelf, seventh)
    assert claimed(shelf, sixth)


def test_who_waits_and_is_no_more_keeps_nobody_waiting(shelf: Shelf) -> None:
    for n in range(5):
        assert claimed(shelf, opened(shelf, f"run {n}"))
    gone, waiting = opened(shelf, "run 6"), opened(shelf, "run 7")
    assert not claimed(shelf, gone)
    shelf.connection.execute("select sync.end_bulk(%s, null)", (opened(shelf, "run 0"),))
    shelf.connection.execute(
        "update sync.bulk_operations set advanced_at = now() - interval '2 minutes' where id = %s", (gone,)
    )
    assert claimed(shelf, waiting)


@pytest.mark.parametrize(("lines", "whole"), [(4, True), (3, False), (2, False), (0, False)])
def test_a_result_that_lacks_a_line_is_none(shelf: Shelf, lines: int, whole: bool) -> None:
    operation = opened(shelf)
    counted(shelf, operation, 4, 2)
    nodes = [variant(1, "A"), level(1, 3), variant(2, "B"), level(2, 4)]
    problem = judged(shelf, operation, fetched(shelf, operation, nodes[:lines]))
    assert (problem is None) == whole
    assert value(shelf.connection, "select state from sync.bulk_operations") == ("whole" if whole else "completed")


def test_a_result_with_other_roots_is_none(shelf: Shelf) -> None:
    operation = opened(shelf)
    counted(shelf, operation, 2, 1)
    assert judged(shelf, operation, fetched(shelf, operation, [variant(1, "A"), variant(2, "B")])) == (
        "2 lines and 2 roots came of 2 and 1"
    )


def test_a_new_try_drops_what_came_before_and_an_old_one_is_told(shelf: Shelf) -> None:
    operation = opened(shelf)
    counted(shelf, operation, 1, 1)
    old = fetched(shelf, operation, [variant(1, "A")])
    new = fetched(shelf, operation, [variant(1, "A")])
    assert rows(shelf.connection, "select distinct download from sync.bulk_lines") == [{"download": new}]
    assert judged(shelf, operation, old) == "another process fetches it"
    assert judged(shelf, operation, new) is None


def test_ended_it_leaves_no_lines(shelf: Shelf) -> None:
    operation = opened(shelf)
    counted(shelf, operation, 1, 1)
    fetched(shelf, operation, [variant(1, "A")])
    shelf.connection.execute("select sync.end_bulk(%s, null)", (operation,))
    assert rows(shelf.connection, "select from sync.bulk_lines") == []
    shelf.connection.execute("select sync.advance_bulk(%s, 'running')", (operation,))
    assert value(shelf.connection, "select state from sync.bulk_operations") == "done"


def noted(shelf: Shelf, operation: int, nodes: Sequence[dict[str, Any]], size: int = 2) -> None:
    fetched(shelf, operation, nodes)
    for found in rows(shelf.connection, "select first, last from sync.bulk_ranges(%s, 0, %s)", operation, size):
        shelf.connection.execute(
            "select sync.record_bulk_variants(%s, %s, %s)", (operation, found["first"], found["last"])
        )
    for found in rows(shelf.connection, "select first, last from sync.bulk_ranges(%s, 0, %s, true)", operation, size):
        shelf.connection.execute(
            "select sync.record_bulk_items(%s, %s, %s)", (operation, found["first"], found["last"])
        )


def test_lines_are_noted_wherever_children_are(shelf: Shelf) -> None:
    keys = [shelf.product(sku, 2) for sku in ("A", "B", "C")]
    operation = opened(shelf)
    claimed(shelf, operation)
    nodes = [variant(1, "A"), variant(2, "B"), level(1, 3), variant(3, "C"), level(2, 4)]
    noted(shelf, operation, nodes)
    shelf.link()
    shown = rows(
        shelf.connection,
        "select sku, location_id, available from sync.remote_levels where sku is not null order by sku, location_id",
    )
    assert [(r["sku"], r["available"]) for r in shown if r["location_id"] == FRONT] == [("A", 3), ("B", 4), ("C", 0)]
    assert len(keys) == 3


def test_what_is_acknowledged_while_it_runs_stands(shelf: Shelf) -> None:
    (key,) = shelf.stocked(2)
    item = shelf.items[key]
    operation = opened(shelf)
    claimed(shelf, operation)
    shelf.see(key, FRONT, 9)
    node = level(1, 3) | {"id": f"gid://shopify/InventoryLevel/9?inventory_item_id={item}"}
    noted(shelf, operation, [node])
    found = value(
        shelf.connection,
        "select available from sync.levels where inventory_item_id = %s and location_id = %s", item, FRONT,
    )  # fmt: skip
    assert found == 9
