"""Levels and conflicts: what Shopify shows is believed in the order in which it was read."""

from __future__ import annotations

import json

import pytest

from tests.seeds import BACK, FRONT, Shelf, level, rows, value
from tests.sql.inventory.trade import computed, shown


def record(
    shelf: Shelf, key: str, available: int, *, committed: int = 0, tick: int | None = None, request: int | None = None
) -> int:
    item = shelf.items[key]
    level = {"inventory_item_id": item, "location_id": FRONT, "available": available, "committed": committed}
    return int(
        value(
            shelf.connection,
            "select sync.record_levels(%s, %s, %s, %s::json, %s)",
            shelf.shop, tick or shelf.tick(), [item], json.dumps([level]), request,
        )
    )  # fmt: skip


def seen(shelf: Shelf, location: int = FRONT) -> list[int]:
    return [
        r["available"]
        for r in rows(
            shelf.connection,
            "select available from sync.levels where location_id = %s order by inventory_item_id",
            location,
        )
    ]


def conflicts(shelf: Shelf) -> list[tuple[str, int, int]]:
    return [(r["cause"], r["expected"], r["found"]) for r in rows(shelf.connection, "table sync.open_level_conflicts")]


def test_an_older_reading_never_overwrites_a_newer_one(shelf: Shelf) -> None:
    key = shelf.stocked(5)[0]
    before = shelf.tick()
    assert record(shelf, key, 3) == 1
    assert record(shelf, key, 9, tick=before) == 0
    assert seen(shelf) == [3]


def test_a_reading_begun_before_an_answer_does_not_undo_it(shelf: Shelf) -> None:
    key = shelf.stocked(5)[0]
    shelf.sell(key)
    (planned,) = shelf.prepared([key])
    before = shelf.tick()
    shelf.answer(planned["request_id"])
    assert record(shelf, key, 5, tick=before, request=planned["request_id"]) == 0
    assert seen(shelf) == [4]
    assert conflicts(shelf) == []


def test_a_mapped_location_that_shopify_does_not_list_holds_nothing(shelf: Shelf) -> None:
    key = shelf.stocked(5)[0]
    record(shelf, key, 5)
    assert seen(shelf, BACK) == [0]


def test_a_stale_write_finds_an_order_that_is_not_imported(shelf: Shelf) -> None:
    key = shelf.stocked(5)[0]
    record(shelf, key, 3, committed=2, request=1)
    assert conflicts(shelf) == [("un-imported order", 5, 3)]
    assert rows(shelf.connection, "select sku, newly_committed from sync.open_level_conflicts") == [
        {"sku": "SKU-0", "newly_committed": 2}
    ]


@pytest.mark.parametrize(("available", "committed"), [(3, 0), (9, 0), (9, 4)])
def test_a_stale_write_finds_an_edit_by_someone_else(shelf: Shelf, available: int, committed: int) -> None:
    key = shelf.stocked(5)[0]
    record(shelf, key, available, committed=committed, request=1)
    assert conflicts(shelf) == [("foreign edit", 5, available)]


def test_reading_without_a_stale_write_or_without_a_difference_is_no_conflict(shelf: Shelf) -> None:
    key = shelf.stocked(5)[0]
    record(shelf, key, 3)
    record(shelf, key, 3, request=1)
    assert value(shelf.connection, "select count(*) from sync.level_conflicts") == 0


def test_an_order_stays_open_until_it_is_counted_here(shelf: Shelf) -> None:
    key = shelf.stocked(5)[0]
    record(shelf, key, 3, committed=2, request=1)
    shelf.receive(key, 1)
    (planned,) = shelf.prepared([key])
    shelf.answer(planned["request_id"])
    assert conflicts(shelf) == [("un-imported order", 5, 3)]
    shelf.connection.execute("update sync.levels set committed_counted = committed")
    assert conflicts(shelf) == []
    assert value(shelf.connection, "select count(*) from sync.level_conflicts") == 1


def test_an_edit_stays_open_until_shopify_acknowledges_our_number(shelf: Shelf) -> None:
    key = shelf.stocked(5)[0]
    record(shelf, key, 9, request=0)
    assert conflicts(shelf) == [("foreign edit", 5, 9)]
    (planned,) = shelf.prepared([key])
    assert conflicts(shelf) == [("foreign edit", 5, 9)]
    shelf.answer(planned["request_id"])
    assert conflicts(shelf) == []
    record(shelf, key, 8, request=planned["request_id"])
    assert conflicts(shelf) == [("foreign edit", 5, 8)]


def test_the_view_of_all_levels_equals_what_is_computed_for_each(shelf: Shelf) -> None:
    keys = shelf.stocked(5, 0, 3)
    shelf.receive(keys[1], 2, location=2)
    shelf.see(keys[0], FRONT, 4, committed=3)
    shelf.see(keys[2], FRONT, 1)
    shelf.product("unlinked", 3)
    other = shelf.add_shop("two.myshopify.com")
    shelf.variants(["SKU-1"], shop=other)
    shelf.link(shop=other)
    shelf.connection.execute("select sync.map_location(%s, '2', null)", (other,))
    assert shown(shelf) == computed(shelf)
    assert len(shown(shelf)) == 7


def test_what_we_wrote_ourselves_is_no_order_and_no_edit(shelf: Shelf) -> None:
    """A look between Shopify's write and its answer: the level holds what an open request sets."""
    key = shelf.stocked(10)[0]
    shelf.see(key, FRONT, 10, committed=5)
    shelf.connection.execute("update sync.levels set committed_counted = committed")
    shelf.sell(key, 3)
    (planned,) = shelf.prepared([key])
    seen = {"inventory_item_id": shelf.items[key], "location_id": FRONT, "available": 7, "committed": 5}
    shelf.connection.execute(
        "select sync.record_levels(%s, nextval('sync.ticks'), %s, %s::json, %s)",
        (shelf.shop, [shelf.items[key]], json.dumps([seen]), planned["request_id"]),
    )
    assert rows(shelf.connection, "select * from sync.level_conflicts") == []
    assert level(shelf, key)["committed_counted"] == 5
    shelf.answer(planned["request_id"])
    assert shelf.prepared([key], job=2) == []
    # An order that came meanwhile still counts as one.
    shelf.sell(key)
    (planned,) = shelf.prepared([key], job=3)
    shelf.see(key, FRONT, 5, committed=7)
    assert level(shelf, key)["committed_counted"] == 5
