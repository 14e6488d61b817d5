"""Orders that are not imported: what a shop is told to offer, and what people are told."""

from __future__ import annotations

import pytest

from tests.seeds import FRONT, Shelf, rows, value
from tests.sql.inventory.trade import Trade


def alerts(shelf: Shelf) -> list[tuple[str, str, str]]:
    found = rows(shelf.connection, "select rule, subject, message from sync.open_alerts order by rule, subject")
    return [(r["rule"], r["subject"], r["message"]) for r in found]


def test_an_order_that_the_warehouse_books_is_subtracted_once(shelf: Shelf) -> None:
    trade = Trade(shelf, 2)
    trade.order(1)
    shelf.sell(trade.key)
    trade.push()
    trade.fulfill(1)
    assert trade.settle() == 1
    assert trade.reconcile()["causes"] == {}
    assert alerts(shelf) == []


@pytest.mark.parametrize("is_seen_first", [False, True])
def test_ten_orders_that_are_booked_and_sent_leave_what_is_on_the_shelf(shelf: Shelf, is_seen_first: bool) -> None:
    trade = Trade(shelf, 12)
    for left in range(11, 1, -1):
        trade.order(1)
        if is_seen_first:
            assert trade.settle() == left
        shelf.sell(trade.key)
        trade.push()
        trade.fulfill(1)
        assert trade.settle() == left


def test_while_an_order_is_open_a_fall_of_the_shelf_may_be_another_sale(shelf: Shelf) -> None:
    trade = Trade(shelf, 10)
    trade.order(2)
    assert trade.settle() == 8
    shelf.sell(trade.key, 2)  # over the counter, or the order: nobody knows
    assert trade.push() == [6]
    shelf.sell(trade.key, 2)
    assert trade.push() == [4]
    trade.fulfill(2)
    assert trade.settle() == 6
    assert value(shelf.connection, "select fallen from sync.levels where inventory_item_id = %s", trade.item) == 0


def test_a_fall_of_the_shelf_books_one_order_and_no_other(shelf: Shelf) -> None:
    trade = Trade(shelf, 5)
    trade.order(2)
    assert trade.settle() == 3
    shelf.sell(trade.key)
    assert trade.push() == [2]
    trade.fulfill(1)
    assert trade.settle() == 3
    trade.fulfill(1)
    assert trade.settle() == 3
    shelf.sell(trade.key)
    assert trade.settle() == 3


def test_a_booking_that_is_counted_before_its_order_is_read_counts_too(shelf: Shelf) -> None:
    trade = Trade(shelf, 4)
    trade.order(1)
    assert trade.settle() == 3
    shelf.sell(trade.key)
    trade.order(1)
    shelf.sell(trade.key)
    trade.push()
    trade.fulfill(2)
    assert trade.settle() == 2
    assert alerts(shelf) == []


def test_a_cancelled_order_is_offered_again_at_once(shelf: Shelf) -> None:
    trade = Trade(shelf, 5)
    trade.order(2)
    assert trade.settle() == 3
    trade.cancel(2)
    assert trade.settle() == 5
    assert trade.level()["unbooked"] == 0


def test_an_order_sent_and_not_booked_is_held_back_until_it_is(shelf: Shelf) -> None:
    trade = Trade(shelf, 5)
    trade.order(2)
    trade.settle()
    trade.fulfill(2)
    assert trade.settle() == trade.settle() == 3
    ((rule, subject, message),) = alerts(shelf)
    assert rule == "order_unbooked" and subject.endswith(" at Shop 11") and subject.startswith("ORDER-")
    assert message.startswith("2 units of ORDER-") and "not booked" in message
    shelf.sell(trade.key)
    assert trade.push() == []
    assert trade.reconcile()["causes"] == {}
    assert alerts(shelf)[0][2].startswith("1 unit of ORDER-")
    shelf.receive(trade.key, 4)
    assert trade.push() == [7]
    shelf.sell(trade.key)
    assert trade.push() == []
    assert trade.settle() == 7
    assert alerts(shelf) == []


def test_what_is_never_booked_is_offered_again_after_a_day(shelf: Shelf) -> None:
    trade = Trade(shelf, 5)
    trade.order(2)
    trade.settle()
    trade.fulfill(2)
    assert trade.settle() == 3
    trade.wait_a_day()
    assert trade.settle() == 5
    assert alerts(shelf) == []


def test_an_order_of_those_known_from_the_start_that_is_sent_releases_no_other(shelf: Shelf) -> None:
    trade = Trade(shelf, 5)
    shelf.connection.execute("delete from sync.levels where inventory_item_id = %s", (trade.item,))
    trade.committed = 2
    trade.read()
    trade.order(2)
    assert trade.settle() == 3
    trade.fulfill(2)
    assert trade.settle() == 3
    assert (trade.level()["committed_counted"], trade.level()["unbooked"]) == (0, 0)


def test_a_shelf_that_is_shown_elsewhere_books_nothing(shelf: Shelf) -> None:
    trade = Trade(shelf, 5)
    trade.order(2)
    trade.settle()
    shelf.connection.execute("select sync.map_location(%s, '1', null)", (shelf.shop,))
    trade.push()
    shelf.connection.execute("select sync.map_location(%s, '1', %s)", (shelf.shop, FRONT))
    trade.push()
    trade.fulfill(2)
    assert trade.settle() == 3


def test_a_fall_that_nobody_of_ours_wrote_is_corrected_and_told(shelf: Shelf) -> None:
    """Ordered and sent between two readings: for us it is the same as an edit, but somebody should know."""
    trade = Trade(shelf, 5)
    trade.order(2)
    trade.fulfill(2)
    assert trade.settle() == 5
    trade.reconcile()
    ((rule, _, message),) = alerts(shelf)
    assert rule == "order_unseen" and message.startswith("2 units of ORDER-")
    shelf.connection.execute("update sync.level_discrepancies set first_seen_at = first_seen_at - interval '25 hours'")
    trade.reconcile()
    assert alerts(shelf) == []


def test_a_fall_that_the_warehouse_knows_is_not_told(shelf: Shelf) -> None:
    trade = Trade(shelf, 5)
    trade.order(2)
    trade.fulfill(2)
    shelf.sell(trade.key, 2)
    assert trade.settle() == 3
    trade.reconcile()
    assert alerts(shelf) == []
