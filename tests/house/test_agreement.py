"""What the commands say of one product through an order, an edit and an undo: the same, in words and numbers."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from tests.house.house import House

SKU = "SKU-000001"
UNCOUNTED = "sold in Shopify by orders the warehouse has not imported"
UNBOOKED = "sent by Shopify and not booked in the warehouse"


class Said(NamedTuple):
    """What `plan` would change, what `discrepancies` lists, and the lines of `why`."""

    planned: list[tuple[int, int]]
    wrong: list[tuple[int, int, str]]
    why: str


def said(house: House) -> Said:
    """Ask all three; what each says must fit what the others say."""
    plan: list[dict[str, Any]] = json.loads(run(house, "plan", "--json"))
    wrong = json.loads(run(house, "discrepancies", "--json"))
    why = run(house, "why", SKU)
    planned = [(level["seen"], level["desired"]) for level in plan[0]["largest"] if level["sku"] == SKU]
    assert plan[0]["kinds"][0]["moves"] == len(planned)
    assert ("NOT in step" in why) == bool(planned)
    for seen, desired in planned:
        assert f"should hold {desired}:" in why and f"last seen at Shopify {seen} " in why
    listed = [(d["found"], d["expected"], d["cause"]) for d in wrong]
    assert [(found, expected) for found, expected, _ in listed if planned] == planned[: len(listed)]
    assert ("DISCREPANCY" in why) == bool(listed)
    return Said(planned, listed, why)


def run(house: House, *arguments: str) -> str:
    done = house.shelfwire(*arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout


def reconciled(house: House) -> str:
    return run(house, "reconcile", "inventory").partition(" levels compared, ")[2].splitlines()[0]


def test_undo_plan_discrepancies_and_why_agree_through_the_life_of_an_order(house: House) -> None:
    house.receive(SKU, 10)
    with house.runner():
        house.wait_quiet()
    assert said(house)[:2] == ([], [])

    # Two orders of two and one: neither is known to the warehouse.
    sent, called_off = house.sandbox.order((SKU, 2)), house.sandbox.order((SKU, 1))
    assert reconciled(house) == "0 wrong."
    planned, wrong, why = said(house)
    assert (planned, wrong) == ([], [])
    assert f"should hold 7: 10 counted, less 3 {UNCOUNTED}" in why

    # One unit of the first is booked: that may be a sale over the counter.
    house.sell(SKU, 1)
    planned, wrong, why = said(house)
    assert (planned, wrong) == ([(7, 6)], [])
    assert f"should hold 6: 9 counted, less 3 {UNCOUNTED}" in why
    with house.runner():
        house.wait_quiet()
    assert said(house)[:2] == ([], [])

    # The first is sent: one of its units is booked, one is not.
    house.sandbox.control("POST", f"/orders/{sent}/fulfill")
    assert reconciled(house) == "1 wrong (1 un-imported order)."
    planned, wrong, why = said(house)
    assert (planned, wrong) == ([(6, 7)], [(6, 7, "un-imported order")])
    assert f"should hold 7: 9 counted, less 1 {UNCOUNTED}, less 1 {UNBOOKED}" in why
    assert "PENDING" in why
    with house.runner():
        house.wait_quiet()
    assert said(house)[:2] == ([], [])

    # The second is called off; the other unit of the first is booked.
    house.sandbox.cancel(called_off)
    assert reconciled(house) == "0 wrong."
    assert f"should hold 8: 9 counted, less 1 {UNBOOKED}" in said(house).why
    house.sell(SKU, 1)
    with house.runner():
        house.wait_quiet()
    planned, wrong, why = said(house)
    assert (planned, wrong) == ([], []) and "should hold 8: 8 counted\n" in why

    # Somebody types a number; it is corrected; that is undone, and let out again.
    house.sandbox.edit(SKU, 17)
    assert reconciled(house) == "1 wrong (1 foreign edit)."
    edited = said(house)
    assert edited[:2] == ([(17, 8)], [(17, 8, "foreign edit")]) and "PENDING" in edited.why
    with house.runner():
        house.wait_quiet()
        assert said(house)[:2] == ([], []) and house.offered()[SKU] == 8
        number = house.value("select max(id) from sync.runs where kind = 'reconcile_inventory'")
        assert f"Run {number} had set 1 levels: 1 are restored." in run(house, "undo", str(number))
        assert house.offered()[SKU] == 17
        undone = said(house)
        assert undone[:2] == edited[:2]
        assert f"HELD by its guard: Run {number} was undone" in undone.why and "PENDING" in undone.why
        run(house, "guard", "release", house.sandbox.shop)
        house.wait_quiet()
    assert said(house)[:2] == ([], [])
    assert house.offered() == house.shelf()
