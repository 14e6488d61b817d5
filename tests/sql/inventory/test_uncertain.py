"""What people see of levels is what would be pushed, although the stock is not counted anew for each look."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.seeds import BACK, FRONT, Shelf, rows, value
from tests.sql.inventory.trade import Trade, computed, shown


def settled(shelf: Shelf, units: int = 5) -> Trade:
    """A product that is in step, of which nothing has to be counted to know that; it is not the only one."""
    shelf.product("another", 1)
    trade = Trade(shelf, units)
    trade.reconcile()
    shelf.connection.execute("delete from sync.pending")
    assert uncertain(shelf) == []
    return trade


def uncertain(shelf: Shelf) -> list[object]:
    return [r["product_key"] for r in rows(shelf.connection, "select product_key from sync.uncertain_products")]


def discrepancies(shelf: Shelf) -> list[object]:
    return [r["difference"] for r in rows(shelf.connection, "select difference from sync.inventory_discrepancies")]


def test_what_is_in_step_is_not_counted_anew(shelf: Shelf) -> None:
    settled(shelf)
    assert shown(shelf) == computed(shelf)
    assert [(r["counted"], r["desired"], r["seen"]) for r in shown(shelf)] == [(5, 5, 5), (0, 0, 0)]
    assert discrepancies(shelf) == []


def sold(trade: Trade) -> None:
    trade.shelf.sell(trade.key)


def relayed(trade: Trade) -> None:
    sold(trade)
    trade.shelf.relay()


def left_for_a_later_pass(trade: Trade) -> None:
    sold(trade)
    for n in range(3):
        trade.shelf.product(f"more-{n}", 1)
    trade.shelf.connection.execute("select sync.relay_changes(p_keys => 1)")


def refused(trade: Trade) -> None:
    relayed(trade)
    refuse = "select sync.refuse(%s, 'inventory', %s, %s::text, 'X', 'No.', 1, null)"
    trade.shelf.connection.execute(refuse, (trade.shelf.shop, trade.key, FRONT))
    trade.shelf.connection.execute("delete from sync.pending")


def edited(trade: Trade) -> None:
    trade.available += 3
    trade.read()


def ordered(trade: Trade) -> None:
    trade.order(2)
    trade.read()


def shadowed(trade: Trade) -> None:
    """In mode monitor the numbers are computed and not sent, and are pending no more."""
    trade.shelf.connection.execute("update sync.shops set mode = 'monitor'")
    relayed(trade)
    trade.shelf.prepare(trade.shelf.turn(job=99), [trade.key])
    trade.shelf.connection.execute("delete from sync.pending")


def found_wrong(trade: Trade) -> None:
    """What no trigger has seen, from when it was reconciled."""
    trade.shelf.connection.execute("set session_replication_role = replica")
    sold(trade)
    trade.shelf.connection.execute("reset session_replication_role")
    trade.reconcile()
    trade.shelf.connection.execute("delete from sync.pending")


def untracked(trade: Trade) -> None:
    trade.shelf.connection.execute("update sync.variants set tracked = false")
    relayed(trade)


def gone(trade: Trade) -> None:
    trade.shelf.connection.execute("delete from warehouse.shipment_items where product_id = %s", (trade.key,))
    trade.shelf.connection.execute("delete from warehouse.products where id = %s", (trade.key,))
    trade.shelf.relay()
    trade.shelf.connection.execute("delete from sync.pending")


def truncated(trade: Trade) -> None:
    trade.shelf.connection.execute("truncate warehouse.shipment_items cascade")


@pytest.mark.parametrize(
    ("happens", "differences"),
    [
        (sold, [-1]), (relayed, [-1]), (left_for_a_later_pass, [-1]), (refused, [-1]), (edited, [-3]), (ordered, []),
        (shadowed, [-1]), (found_wrong, [-1]), (untracked, [-1]), (gone, [-5]), (truncated, [-5]),
    ],
)  # fmt: skip
def test_what_may_have_changed_is_counted_anew(
    shelf: Shelf, happens: Callable[[Trade], None], differences: list[int]
) -> None:
    trade = settled(shelf)
    happens(trade)
    assert shown(shelf, trade.key) == computed(shelf, trade.key)
    assert discrepancies(shelf) == differences


def test_a_level_that_was_never_read_is_wrong_and_shown(shelf: Shelf) -> None:
    trade = settled(shelf)
    shelf.connection.execute("delete from sync.levels where location_id = %s", (FRONT,))
    shelf.connection.execute("select sync.mark_shop(%s)", (shelf.shop,))
    assert shown(shelf, trade.key) == computed(shelf, trade.key)
    assert discrepancies(shelf) == [None]


def test_a_location_that_shows_nothing_any_more_shows_nothing(shelf: Shelf) -> None:
    trade = settled(shelf)
    shelf.connection.execute("select sync.map_location(%s, '1', %s)", (shelf.shop, BACK))
    assert shown(shelf, trade.key) == computed(shelf, trade.key)
    assert value(shelf.connection, "select desired from sync.inventory_levels where location_id = %s", FRONT) == 0
