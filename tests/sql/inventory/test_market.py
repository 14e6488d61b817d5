"""Orders that are not imported: no unit is offered twice, and none is held back for good."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Literal

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tests.seeds import Shelf, value
from tests.sql.inventory.trade import Trade, computed, shown


@dataclass
class Order:
    units: int
    state: Literal["open", "sent", "cancelled"] = "open"
    is_booked: bool = False
    is_read: bool = False


# What excuses a number that is too high, or hides what makes it right: a market has none of them, one, or all.
ODD = ("counter", "edit", "unseen", "cancel", "cancel booked", "hidden")


class Market(RuleBasedStateMachine):
    """Everything that may happen to one product, in any order.

    The truth is what lies on the shelf less what is sold and not booked. A number that we set is never above it, but
    by what nobody can know from two numbers of Shopify and one of the shelf: that a fall of the shelf was none of the
    orders that were sent (over the counter, or of an order that is cancelled later), that somebody typed a number
    meanwhile, or that an order came and was sent between two readings. These are counted as excuses; without one the
    bound is exact. In the end everything is booked and closed, and the shop offers what is on the shelf: after two
    readings, unless something hid a booking from us (doubts), and after a day whatever happened.
    """

    shelf: Shelf

    @initialize(units=st.integers(2, 8), oddities=st.sampled_from([(), (), (), *((one,) for one in ODD), ODD]))
    def begin(self, units: int, oddities: tuple[str, ...]) -> None:
        self.oddities = oddities
        self.on_shelf = units
        self.trade = Trade(self.shelf, units)
        self.orders: list[Order] = []
        self.excuses = 0
        self.has_doubts = False
        self.since_reading = Counter[str]()
        self.since_look = Counter[str]()

    def some(self, *states: str, is_booked: bool | None = None) -> list[Order]:
        return [o for o in self.orders if o.state in states and is_booked in (None, o.is_booked)]

    def owed(self, *states: str) -> int:
        return sum(o.units for o in self.some(*states, is_booked=False))

    def look_before(self, way: str) -> None:
        """A fall and a rise within one look hide each other: that is odd."""
        if self.since_look[way] and "hidden" not in self.oddities:
            self.push()

    def read_now(self) -> None:
        # A number typed in hides that as many units were sent.
        self.excuses += min(self.since_reading["sent"], max(self.since_reading["edited"], 0))
        self.since_reading.clear()
        for order in self.orders:
            order.is_read = True

    def check(self, taken: list[int]) -> None:
        truth = self.on_shelf - self.owed("open") - max(self.owed("sent") - self.excuses, 0)
        assert all(number <= truth for number in taken), (taken, truth, self.orders, self.trade.level())
        if self.trade.available == self.on_shelf and not self.owed("open", "sent") and not self.some("open"):
            self.excuses = 0

    @rule(units=st.integers(1, 3))
    def order(self, units: int) -> None:
        self.trade.order(units)
        self.orders.append(Order(units))

    @precondition(lambda self: self.some("open", "sent", is_booked=False))
    @rule(data=st.data())
    def book(self, data: st.DataObject) -> None:
        order = data.draw(st.sampled_from(self.some("open", "sent", is_booked=False)))
        if self.on_shelf < order.units:
            return
        self.look_before("up")
        order.is_booked = True
        self.on_shelf -= order.units
        self.shelf.sell(self.trade.key, order.units)
        self.since_look["down"] += 1
        self.has_doubts |= self.since_look["up"] > 0

    @precondition(lambda self: self.some("open"))
    @rule(data=st.data())
    def fulfill(self, data: st.DataObject) -> None:
        order = data.draw(st.sampled_from(self.some("open")))
        if not order.is_read and "unseen" not in self.oddities:
            self.read()
        order.state = "sent"
        self.trade.fulfill(order.units)
        self.since_reading["sent"] += order.units
        if not order.is_read:
            self.excuses += order.units

    @precondition(lambda self: self.some("open"))
    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        order = data.draw(st.sampled_from(self.some("open")))
        if ("cancel booked" if order.is_booked else "cancel") not in self.oddities:
            return
        order.state = "cancelled"
        self.trade.cancel(order.units)
        self.has_doubts = True
        if order.is_booked:
            self.excuses += order.units

    @precondition(lambda self: self.some("cancelled", is_booked=True))
    @rule()
    def put_back(self) -> None:
        order = self.some("cancelled", is_booked=True)[0]
        order.is_booked = False
        self.restock(order.units)

    @rule(units=st.integers(1, 3))
    def restock(self, units: int) -> None:
        self.look_before("down")
        self.on_shelf += units
        self.shelf.receive(self.trade.key, units)
        self.since_look["up"] += 1
        self.has_doubts |= self.since_look["down"] > 0

    @precondition(lambda self: "counter" in self.oddities)
    @rule(units=st.integers(1, 2))
    def sell_over_the_counter(self, units: int) -> None:
        units = min(units, self.on_shelf)
        self.on_shelf -= units
        self.shelf.sell(self.trade.key, units)
        self.excuses += units
        self.since_look["down"] += 1
        self.has_doubts |= self.since_look["up"] > 0

    @precondition(lambda self: "edit" in self.oddities)
    @rule(change=st.sampled_from([-2, -1, 1, 2]))
    def edit(self, change: int) -> None:
        self.trade.available += change
        self.since_reading["edited"] += change
        self.has_doubts = True

    @rule()
    def read(self) -> None:
        self.read_now()
        self.trade.read()

    @rule()
    def push(self) -> None:
        before = self.trade.level()["seen_at"]
        taken = self.trade.push()
        if self.trade.level()["seen_at"] != before:
            self.read_now()
        self.since_look.clear()
        self.check(taken)

    @rule()
    def reconcile(self) -> None:
        self.read_now()
        self.trade.reconcile()
        self.check(self.trade.push())
        self.since_look.clear()

    @invariant()
    def shown_as_computed(self) -> None:
        if hasattr(self, "trade"):
            assert shown(self.shelf, self.trade.key) == computed(self.shelf, self.trade.key)

    def teardown(self) -> None:
        if not hasattr(self, "orders"):
            return
        self.check(self.trade.push())
        for order in self.orders:
            if order.state == "open":
                order.state = "sent"
                self.trade.fulfill(order.units)
            if order.state == "sent" and not order.is_booked:
                # More was sold than there was: it is received first.
                if self.on_shelf < order.units:
                    self.has_doubts = True
                    self.on_shelf += order.units
                    self.shelf.receive(self.trade.key, order.units)
                self.on_shelf -= order.units
                self.shelf.sell(self.trade.key, order.units)
                order.is_booked = True
        offered = self.trade.settle(), self.trade.settle()
        assert max(offered) <= self.on_shelf
        if not self.has_doubts:
            assert offered[1] == self.on_shelf, (offered, self.on_shelf, self.orders, self.trade.level())
        if offered[1] != self.on_shelf:
            told = value(self.shelf.connection, "select sum(units) from sync.unbooked_orders where product_key = %s",
                         self.trade.key)  # fmt: skip
            assert told == self.on_shelf - offered[1]
        self.trade.wait_a_day()
        assert self.trade.settle() == self.on_shelf


def play(shelf: Shelf, examples: int, steps: int, is_fixed: bool) -> None:
    run_state_machine_as_test(
        type("Play", (Market,), {"shelf": shelf}),
        settings=settings(
            max_examples=examples, stateful_step_count=steps, deadline=None, derandomize=is_fixed, database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip


def test_whatever_happens_nothing_is_offered_twice_and_everything_heals(shelf: Shelf) -> None:
    play(shelf, 24, 24, is_fixed=True)


@pytest.mark.long
@pytest.mark.timeout(900)
def test_for_long_whatever_happens_nothing_is_offered_twice(shelf: Shelf) -> None:
    play(shelf, 200, 30, is_fixed=False)
