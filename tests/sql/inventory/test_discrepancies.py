"""Discrepancies: what is wrong at Shopify although nothing is on its way, why, and how it ends."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from tests.seeds import FRONT, Shelf, rows, value

KIND = "reconcile_inventory"


def claim(shelf: Shelf) -> Any:
    return rows(shelf.connection, "select * from sync.claim_run(%s, %s)", shelf.shop, KIND)[0]


def begin(shelf: Shelf) -> int:
    """A run after all that has been before."""
    shelf.connection.execute("update sync.runs set state = 'succeeded', finished_at = now() where state = 'running'")
    return int(claim(shelf)["run_id"])


def compare(shelf: Shelf, run: int, *, correct: bool = True) -> Any:
    return rows(shelf.connection, "select * from sync.compare_inventory(%s, %s)", run, correct)[0]


def discrepancies(shelf: Shelf) -> dict[str, tuple[int, int, str]]:
    found = rows(shelf.connection, "select * from sync.open_discrepancies")
    return {r["product_key"]: (r["expected"], r["found"], r["cause"]) for r in found}


def silently(shelf: Shelf, key: str, units: int) -> None:
    """The warehouse sells while nobody captures it."""
    shelf.connection.execute("alter table warehouse.shipment_items disable trigger user")
    shelf.sell(key, units)
    shelf.connection.execute("alter table warehouse.shipment_items enable trigger user")
    assert shelf.queue() == []


def correct(shelf: Shelf, key: str) -> int:
    """Push the product; returns the request."""
    (planned,) = shelf.prepared([key], job=7)
    assert shelf.answer(planned["request_id"])
    return int(planned["request_id"])


def test_a_level_that_is_right_is_no_discrepancy(shelf: Shelf) -> None:
    key = shelf.stocked(5)[0]
    run = begin(shelf)
    shelf.see(key, FRONT, 5)
    found = compare(shelf, run)
    assert (found["levels"], found["causes"], found["marked"], found["vanished"]) == (1, {}, 0, 0)
    assert shelf.pending() == {}


def test_a_foreign_edit_is_found_made_pending_and_closed_by_the_request_that_corrected_it(shelf: Shelf) -> None:
    wrong, right = shelf.stocked(5, 6)
    run = begin(shelf)
    shelf.see(wrong, FRONT, 9)
    shelf.see(right, FRONT, 6)
    found = compare(shelf, run)
    assert (found["levels"], found["causes"], found["marked"]) == (2, {"foreign edit": 1}, 1)
    assert discrepancies(shelf) == {wrong: (5, 9, "foreign edit")}
    assert shelf.pending().keys() == {wrong}
    request = correct(shelf, wrong)
    assert discrepancies(shelf) == {}
    (row,) = rows(shelf.connection, "select * from sync.level_discrepancies")
    assert (row["size"], row["corrected_by"], row["run_id"]) == (-4, request, run)
    assert row["corrected_at"] is not None and row["vanished_at"] is None


def test_a_change_that_nobody_captured_is_a_missed_change(shelf: Shelf) -> None:
    key = shelf.stocked(5)[0]
    silently(shelf, key, 2)
    run = begin(shelf)
    shelf.see(key, FRONT, 5)
    assert compare(shelf, run)["causes"] == {"missed change": 1}
    assert discrepancies(shelf) == {key: (3, 5, "missed change")}


def test_a_refused_push_is_a_failed_push_and_tried_again(shelf: Shelf) -> None:
    key = shelf.stocked(5)[0]
    silently(shelf, key, 2)
    shelf.connection.execute(
        "select sync.refuse(%s, 'inventory', %s, %s::text, 'X', 'm', 1, null)", (shelf.shop, key, FRONT)
    )
    run = begin(shelf)
    shelf.see(key, FRONT, 5)
    found = compare(shelf, run)
    assert (found["causes"], found["marked"]) == ({"failed push": 1}, 1)


def test_a_level_seen_for_the_first_time_is_one_of_mapping(shelf: Shelf) -> None:
    key = shelf.product("A", 5)
    shelf.variants(["A"])
    shelf.link()
    shelf.settle()
    run = begin(shelf)
    shelf.see(key, FRONT, 2)
    found = compare(shelf, run)
    assert (found["causes"], found["marked"]) == ({"mapping": 1}, 1)


def test_a_variant_that_was_given_another_sku_is_its_products_as_before(shelf: Shelf) -> None:
    key = shelf.stocked(5)[0]
    run = begin(shelf)
    shelf.variants(["OTHER"])
    shelf.see(key, FRONT, 9)
    found = compare(shelf, run)
    assert (found["causes"], found["marked"]) == ({"foreign edit": 1}, 1)
    (told,) = rows(shelf.connection, "select key, class, message from sync.open_refusals")
    assert tuple(told.values()) == (
        key, "CHANGED_SKU", "Variant 0 has the SKU OTHER by now. The product is still shown there.",
    )  # fmt: skip


def test_an_order_that_the_warehouse_does_not_know_yet_is_no_discrepancy(shelf: Shelf) -> None:
    key = shelf.stocked(5)[0]
    run = begin(shelf)
    shelf.see(key, FRONT, 3, committed=2)
    assert compare(shelf, run)["causes"] == {}
    run = begin(shelf)
    shelf.see(key, FRONT, 5, committed=0)
    assert compare(shelf, run)["causes"] == {}


def test_an_order_sent_before_the_warehouse_booked_it_does_not_raise_the_number(shelf: Shelf) -> None:
    key = shelf.stocked(5)[0]
    shelf.see(key, FRONT, 3, committed=2)
    for _ in range(2):
        run = begin(shelf)
        shelf.see(key, FRONT, 3, committed=0)
        assert compare(shelf, run)["causes"] == {}
    silently(shelf, key, 2)
    assert compare(shelf, run)["causes"] == {}


def test_an_order_that_is_booked_and_sent_is_corrected_by_reconciling_as_by_linking(shelf: Shelf) -> None:
    key = shelf.stocked(5)[0]
    shelf.see(key, FRONT, 3, committed=2)
    silently(shelf, key, 2)
    correct(shelf, key)
    run = begin(shelf)
    shelf.see(key, FRONT, 1, committed=0)
    found = compare(shelf, run)
    assert (found["causes"], found["marked"]) == ({"un-imported order": 1}, 1)
    assert discrepancies(shelf) == {key: (3, 1, "un-imported order")}
    correct(shelf, key)
    assert discrepancies(shelf) == {}


def test_what_is_pending_queued_or_relayed_since_the_run_began_is_on_its_way(shelf: Shelf) -> None:
    pending, queued, relayed, bulk = shelf.stocked(5, 5, 5, 5)
    shelf.sell(pending)
    shelf.relay()
    run = begin(shelf)
    shelf.sell(relayed)
    shelf.relay()
    shelf.connection.execute("delete from sync.pending where key = %s", (relayed,))
    shelf.sell(queued)
    for key in (pending, queued, relayed, bulk):
        shelf.see(key, FRONT, 9)
    assert compare(shelf, run)["causes"] == {"foreign edit": 1}
    assert discrepancies(shelf).keys() == {bulk}
    shelf.settle()
    shelf.connection.execute("delete from sync.level_discrepancies")
    shelf.connection.execute("insert into sync.change_queue_1 (watch, op) values (2, 'bulk')")
    found = compare(shelf, run)
    assert (found["levels"], found["causes"]) == (0, {})


def test_a_level_that_the_run_has_not_read_is_not_compared(shelf: Shelf) -> None:
    key = shelf.stocked(5)[0]
    shelf.see(key, FRONT, 9)
    run = begin(shelf)
    assert compare(shelf, run)["levels"] == 0
    assert discrepancies(shelf) == {}


def test_a_dry_run_makes_nothing_pending(shelf: Shelf) -> None:
    key = shelf.stocked(5)[0]
    run = begin(shelf)
    shelf.see(key, FRONT, 9)
    found = compare(shelf, run, correct=False)
    assert (found["causes"], found["marked"]) == ({"foreign edit": 1}, 0)
    assert shelf.pending() == {}


def test_a_discrepancy_seen_again_keeps_its_first_time_and_its_cause(shelf: Shelf) -> None:
    key = shelf.stocked(5)[0]
    run = begin(shelf)
    shelf.see(key, FRONT, 9)
    compare(shelf, run, correct=False)
    (before,) = rows(shelf.connection, "select * from sync.level_discrepancies")
    again = begin(shelf)
    shelf.see(key, FRONT, 9)
    assert compare(shelf, again)["causes"] == {"foreign edit": 1}
    (after,) = rows(shelf.connection, "select * from sync.level_discrepancies")
    assert (after["id"], after["first_seen_at"], after["run_id"]) == (before["id"], before["first_seen_at"], again)
    assert after["last_seen_at"] > before["last_seen_at"]


def test_a_discrepancy_that_is_seen_no_more_is_closed_as_vanished(shelf: Shelf) -> None:
    key = shelf.stocked(5)[0]
    run = begin(shelf)
    shelf.see(key, FRONT, 9)
    compare(shelf, run, correct=False)
    run = begin(shelf)
    shelf.see(key, FRONT, 5)
    assert compare(shelf, run)["vanished"] == 1
    assert compare(shelf, run)["vanished"] == 0
    (row,) = rows(shelf.connection, "select * from sync.level_discrepancies")
    assert row["vanished_at"] is not None and row["corrected_at"] is None


def test_a_rejected_request_leaves_the_discrepancy_open(shelf: Shelf) -> None:
    key = shelf.stocked(5)[0]
    run = begin(shelf)
    shelf.see(key, FRONT, 9)
    compare(shelf, run)
    (planned,) = shelf.prepared([key])
    shelf.answer(planned["request_id"], "rejected")
    assert discrepancies(shelf).keys() == {key}


def test_one_run_of_a_shop_at_a_time(shelf: Shelf) -> None:
    claim(shelf)
    with pytest.raises(psycopg.DatabaseError) as error:
        claim(shelf)
    assert error.value.sqlstate == "SW004"
    other = shelf.add_shop("two.myshopify.com")
    assert value(shelf.connection, "select run_id from sync.claim_run(%s, %s)", other, KIND) > 0


def test_a_silent_run_is_taken_over_where_it_was_and_its_process_told(shelf: Shelf) -> None:
    first = claim(shelf)
    advance = "select sync.advance_run(%s, %s, 20, 50, '1020')"
    shelf.connection.execute(advance, (first["run_id"], first["attempt"]))
    shelf.connection.execute("update sync.runs set advanced_at = now() - interval '3 minutes'")
    second = claim(shelf)
    assert (second["run_id"], second["attempt"]) == (first["run_id"], first["attempt"] + 1)
    assert (second["done"], second["reached"]) == (20, "1020")
    with pytest.raises(psycopg.DatabaseError) as error:
        shelf.connection.execute(advance, (first["run_id"], first["attempt"]))
    assert error.value.sqlstate == "SW004"


def test_a_failed_run_is_continued_unless_it_is_old(shelf: Shelf) -> None:
    first = claim(shelf)
    shelf.connection.execute("update sync.runs set state = 'failed', error = 'x', finished_at = now()")
    assert claim(shelf)["run_id"] == first["run_id"]
    shelf.connection.execute(
        "update sync.runs set state = 'failed', finished_at = now(), started_at = now() - interval '2 hours'"
    )
    assert claim(shelf)["run_id"] > first["run_id"]


def test_retention_deletes_old_discrepancies_that_are_closed(shelf: Shelf) -> None:
    old, still_open = shelf.stocked(5, 5)
    run = begin(shelf)
    for key in (old, still_open):
        shelf.see(key, FRONT, 9)
    compare(shelf, run)
    correct(shelf, old)
    shelf.connection.execute(
        "update sync.level_discrepancies set first_seen_at = now() - interval '90 days', "
        "corrected_at = corrected_at - interval '31 days'"
    )
    shelf.connection.execute("select sync.prune_logs()")
    assert [r["product_key"] for r in rows(shelf.connection, "select product_key from sync.level_discrepancies")] == [
        still_open
    ]
