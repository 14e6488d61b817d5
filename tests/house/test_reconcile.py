"""Reconciling: what is wrong in the shop is found, explained and corrected, and the run survives an interruption."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.house.house import House, Open

ONE, TWO = "SKU-000001", "SKU-000002"


def settled(house: House) -> None:
    """Stock two products, push them, and stop the runner."""
    house.receive(ONE, 10)
    house.receive(TWO, 10)
    with house.runner():
        house.wait_quiet()
    assert house.offered()[ONE] == house.offered()[TWO] == 10


def reconcile(house: House, *options: str) -> str:
    done = house.shelfwire("reconcile", "inventory", *options)
    assert done.returncode == 0, done.stderr
    return done.stdout


def listed(house: House) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(house.shelfwire("discrepancies", "--json").stdout)
    return found


def runs(house: House) -> list[dict[str, Any]]:
    return house.rows("select * from sync.runs where kind = 'reconcile_inventory' order by id")


def put_clock_back(house: House) -> None:
    """All that was noted so far was noted under a clock that was an hour ahead."""
    columns = house.rows(
        "select format('%I.%I', n.nspname, c.relname) as relation, quote_ident(a.attname) as name "
        "from pg_attribute as a join pg_class as c on c.oid = a.attrelid "
        "join pg_namespace as n on n.oid = c.relnamespace "
        "where n.nspname in ('sync', 'pgqueuer') and c.relkind = 'r' and not c.relispartition "
        "and a.atttypid = 'timestamptz'::regtype and a.attnum > 0 and not a.attisdropped"
    )
    assert len(columns) > 50
    for column in columns:
        house.do("update {relation} set {name} = {name} + interval '1 hour'".format(**column))


def test_a_clock_that_was_put_back_hides_nothing_and_holds_nothing_back(house: House) -> None:
    settled(house)
    house.do("update sync.circuits set next_probe_at = now()")
    put_clock_back(house)
    house.sandbox.edit(TWO, 17)
    house.sell(ONE, 1)
    house.sell(TWO, 1)
    with house.runner():
        house.wait_until(lambda: (house.offered()[ONE], house.offered()[TWO]) == (9, 9), "the right numbers")
        house.wait_quiet()
    house.sandbox.edit(ONE, 17)
    assert "1 wrong (1 foreign edit)" in reconcile(house)


def test_a_foreign_edit_is_found_corrected_and_closed_by_the_request(house: House) -> None:
    settled(house)
    house.sandbox.edit(ONE, 17)
    said = reconcile(house)
    assert "20 levels compared, 1 wrong (1 foreign edit)." in said and "1 products are corrected" in said
    (found,) = listed(house)
    assert (found["sku"], found["expected"], found["found"], found["cause"]) == (ONE, 10, 17, "foreign edit")
    assert "DISCREPANCY foreign edit" in house.shelfwire("why", ONE).stdout
    with house.runner():
        house.wait_until(lambda: house.offered()[ONE] == 10, "the right number")
        house.wait_quiet()
    assert listed(house) == []
    (closed,) = house.rows("select * from sync.level_discrepancies")
    (last,) = house.rows("select max(id) as id from sync.requests where state = 'applied'")
    assert closed["corrected_by"] == last["id"] and closed["corrected_at"] is not None
    (run,) = runs(house)
    assert (run["state"], run["done"], run["total"]) == ("succeeded", 20, 20)
    assert run["result"] == {
        "dry_run": False, "found": 1, "levels": 20, "causes": {"foreign edit": 1}, "marked": 1, "vanished": 0,
    }  # fmt: skip


def test_a_change_that_the_triggers_missed_is_found_by_a_running_runner(house: House) -> None:
    settled(house)
    house.do("alter table warehouse.shipment_items disable trigger user")
    house.sell(ONE, 4)
    house.do("alter table warehouse.shipment_items enable trigger user")
    assert house.rows("select from sync.pending_changes") == []
    house.shelfwire("schedules", "set", "reconcile_inventory", "* * * * * */1")
    with house.runner():
        house.wait_until(lambda: house.offered()[ONE] == 6, "the right number")
        house.wait_until(
            lambda: house.value("select count(*) from sync.level_discrepancies where corrected_by is not null") == 1,
            "an end",
        )
    assert house.value("select cause from sync.level_discrepancies") == "missed change"
    assert house.value("select last_error from sync.schedules where name = 'reconcile_inventory'") is None


def test_an_order_that_the_warehouse_does_not_know_yet_does_not_raise_the_number(house: House) -> None:
    settled(house)
    order = house.sandbox.order((ONE, 3))
    assert "0 wrong." in reconcile(house)
    house.sandbox.control("POST", f"/orders/{order}/fulfill")
    assert "0 wrong." in reconcile(house)
    assert house.value("select message from sync.open_alerts").startswith(f"3 units of {ONE} at ")
    with house.runner():
        house.wait_quiet()
    assert house.offered()[ONE] == 7
    house.sell(ONE, 3)
    with house.runner():
        house.wait_quiet()
    assert house.offered()[ONE] == 7
    assert "0 wrong." in reconcile(house)
    assert house.rows("select from sync.open_alerts") == []


def test_an_order_that_the_warehouse_books_is_subtracted_once(house: House) -> None:
    """Ten products of two units: one is ordered, booked and sent, and one is left to offer."""
    skus = [f"SKU-{n:06}" for n in range(1, 11)]
    for sku in skus:
        house.receive(sku, 2)
    with house.runner():
        house.wait_quiet()
        orders = [house.sandbox.order((sku, 1)) for sku in skus]
        for sku in skus:
            house.sell(sku, 1)
        house.wait_quiet()
        # While an order is open the fall of the shelf may be another sale.
        house.wait_until(lambda: {house.offered()[sku] for sku in skus} == {0}, "no unit to be offered twice")
        for order in orders:
            house.sandbox.control("POST", f"/orders/{order}/fulfill")
        assert "10 wrong (10 un-imported order). 10 products are corrected" in " ".join(reconcile(house).split())
        house.wait_until(lambda: {house.offered()[sku] for sku in skus} == {1}, "what is left")
        house.wait_quiet()
    assert "0 wrong." in reconcile(house)
    assert listed(house) == []
    assert house.offered() == house.shelf()
    assert house.rows("select from sync.open_alerts") == []


def test_a_dry_run_changes_nothing(house: House) -> None:
    settled(house)
    house.sandbox.edit(ONE, 17)
    assert "Nothing is corrected." in reconcile(house, "--dry-run")
    assert house.rows("select from sync.pending") == []
    with house.runner():
        house.wait_quiet()
    assert house.offered()[ONE] == 17
    assert len(listed(house)) == 1
    assert runs(house)[0]["result"]["dry_run"] is True


def test_reconciling_twice_changes_nothing(house: House) -> None:
    settled(house)
    house.sandbox.edit(ONE, 17)
    reconcile(house)
    before = house.rows("select key, changes from sync.pending")
    assert "0 wrong." in reconcile(house)
    assert house.rows("select key, changes from sync.pending") == before
    with house.runner():
        house.wait_quiet()
    sent = house.value("select count(*) from sync.requests")
    assert "0 wrong." in reconcile(house)
    with house.runner():
        house.wait_quiet()
    assert house.value("select count(*) from sync.requests") == sent
    assert house.value("select count(*) from sync.level_discrepancies") == 1


def test_an_interrupted_run_is_continued_where_it_was(open_house: Open) -> None:
    house = open_house("--products", "300", "--variants-per-product", "2", "--unlimited")
    house.sandbox.edit(ONE, 17)
    house.sandbox.edit("SKU-000599", 18)
    house.sandbox.fault(fault="access_denied", operation="productVariants", after=1)
    assert house.shelfwire("reconcile", "inventory").returncode == 4
    (run,) = runs(house)
    assert run["state"] == "failed" and 0 < run["done"] < 600
    house.sandbox.clear_faults()
    assert "600 levels compared, 2 wrong (2 foreign edit)." in reconcile(house)
    (continued,) = runs(house)
    assert (continued["id"], continued["attempt"], continued["done"]) == (run["id"], 2, 600)
    assert continued["state"] == "succeeded" and continued["error"] is None


def test_only_one_reconciles_a_shop_at_a_time(house: House) -> None:
    house.do("select sync.claim_run(id, 'reconcile_inventory') from sync.shops")
    done = house.shelfwire("reconcile", "inventory")
    assert done.returncode == 1 and "another process is at it" in done.stderr


def test_a_shop_that_is_not_linked_says_what_to_do(house: House) -> None:
    house.do("update sync.shops set linked_at = null")
    done = house.shelfwire("reconcile", "inventory", "--shop", house.sandbox.shop)
    assert done.returncode == 2 and "shelfwire link" in done.stderr


@pytest.mark.parametrize("skus", [[ONE], [ONE, TWO]])
def test_exactly_what_is_wrong_is_corrected(house: House, skus: list[str]) -> None:
    settled(house)
    for sku in skus:
        house.sandbox.edit(sku, 3)
    reconcile(house)
    assert house.value("select count(*) from sync.pending") == len(skus)


def test_a_shop_whose_passes_only_note_what_is_wrong_stays_as_it_is(house: House) -> None:
    settled(house)
    assert house.shelfwire("reconcile", "set", house.sandbox.shop, "flag", "--kind", "inventory").returncode == 0
    house.sandbox.edit(ONE, 17)
    ask = "select sync.queue_scheduled('reconcile_inventory', null, '0')"
    ended = "select count(*) from sync.runs where kind = 'reconcile_inventory' and state = 'succeeded'"
    with house.runner():
        house.do(ask)
        house.wait_until(lambda: house.value(ended) == 1, "the pass")
        assert [row["sku"] for row in listed(house)] == [ONE]
        house.wait_quiet()
        assert house.offered()[ONE] == 17
        assert house.shelfwire("reconcile", "set", house.sandbox.shop, "off").returncode == 0
        house.sandbox.edit(TWO, 18)
        house.do(ask)
        house.wait_until(lambda: house.value(ended) == 2, "the second pass")
        assert [row["sku"] for row in listed(house)] == [ONE]
        assert house.shelfwire("reconcile", "set", house.sandbox.shop, "fix").returncode == 0
        house.do(ask)
        house.wait_until(lambda: house.offered()[ONE] == house.offered()[TWO] == 10, "the correction")
