"""I13, I14: a shop is shown before it is written to, a mistake is stopped, and what was written can be taken back."""

from __future__ import annotations

import json

import pytest

from tests.house.house import House, Open


@pytest.fixture
def watched(open_house: Open) -> House:
    """A house of thirty products with three units each, whose shop is in mode monitor with the usual limits."""
    house = open_house("--products", "30", "--unlimited")
    house.do(
        "insert into warehouse.shipment_items (shipment_id, product_id, location_id, status) "
        "select 1, p.id, 1, 'received' from warehouse.products as p, generate_series(1, 3)"
    )
    house.do("update sync.shops set mode = 'monitor'")
    house.do("update sync.guards set loss_share = default, change_share = default, allowance = default")
    return house


def fingerprint(house: House) -> str:
    done = house.shelfwire("plan", "--json")
    assert done.returncode == 0, done.stderr
    (plan,) = json.loads(done.stdout)
    return str(plan["fingerprint"])


def go_live(house: House) -> None:
    done = house.shelfwire("shop", "mode", house.sandbox.shop, "live", "--plan", fingerprint(house))
    assert done.returncode == 0, done.stderr


def test_monitor_runs_the_whole_path_and_sends_no_mutation(watched: House) -> None:
    before = watched.offered()
    with watched.runner():
        watched.wait_quiet()
        watched.sell("SKU-000001", 1)
        watched.wait_until(
            lambda: bool(watched.rows("select from sync.shadow_levels where sku = 'SKU-000001' and quantity = 2")),
            "the shadow of a sale",
        )
        watched.wait_quiet()
    assert watched.offered() == before
    assert watched.rows("select * from sync.requests") == []
    shadowed = {row["sku"]: row["quantity"] for row in watched.rows("select sku, quantity from sync.shadow_levels")}
    assert shadowed == {sku: units for sku, units in watched.shelf().items() if units != before[sku]}
    assert watched.sandbox.stats()["levels_set"] == 0


def test_a_shop_goes_live_on_its_plan_and_gets_the_numbers_of_the_shelves(watched: House) -> None:
    refused = watched.shelfwire("shop", "mode", watched.sandbox.shop, "live", "--plan", "guessed")
    assert refused.returncode == 2
    assert "there is no plan" in refused.stderr and "shelfwire plan" in refused.stderr
    shown = watched.shelfwire("plan")
    assert "of 30 levels 30 would change" in shown.stdout
    go_live(watched)
    with watched.runner():
        watched.wait_quiet()
    assert watched.offered() == watched.shelf()
    assert watched.value("select held_reason from sync.guards") is None


def test_a_mapping_mistake_that_would_zero_the_shop_is_stopped(watched: House) -> None:
    go_live(watched)
    with watched.runner():
        watched.wait_quiet()
        in_step = watched.offered()
        # Somebody renames the status that the mapping counts as available.
        watched.do("alter table warehouse.shipment_items disable trigger user")
        watched.do("update warehouse.shipment_items set status = 'expected'")
        watched.do("alter table warehouse.shipment_items enable trigger user")
        reconciled = watched.shelfwire("reconcile", "inventory")
        assert reconciled.returncode == 0, reconciled.stderr
        watched.wait_until(lambda: bool(watched.value("select held_at from sync.guards")), "the guard")
        assert watched.offered() == in_step
        shown = watched.shelfwire("guard", "show")
        assert "30 of 30 levels in stock would be set to zero" in shown.stdout
        assert f"shelfwire guard release {watched.sandbox.shop}" in shown.stdout
        watched.do("update warehouse.shipment_items set status = 'received'")
        assert watched.shelfwire("guard", "release", watched.sandbox.shop).returncode == 0
        watched.wait_quiet()
    assert watched.offered() == in_step == watched.shelf()


def test_a_shop_stopped_by_hand_waits_until_it_is_released(watched: House) -> None:
    go_live(watched)
    with watched.runner():
        watched.wait_quiet()
        assert watched.shelfwire("guard", "hold", watched.sandbox.shop).returncode == 0
        before = watched.offered()
        watched.sell("SKU-000001", 1)
        watched.wait_until(lambda: bool(watched.rows("select from sync.pending")), "a pending change")
        assert watched.offered() == before
        assert "Stopped by hand." in watched.shelfwire("status").stdout
        assert watched.shelfwire("guard", "release", watched.sandbox.shop).returncode == 0
        watched.wait_until(lambda: watched.offered()["SKU-000001"] == 2, "the sale in the shop")
    again = watched.shelfwire("guard", "release", watched.sandbox.shop)
    assert again.returncode == 2 and "is not held" in again.stderr


def test_undo_restores_exactly_what_a_run_had_set_and_leaves_what_has_changed_since(watched: House) -> None:
    before = watched.offered()
    go_live(watched)
    run = watched.value("select id from sync.runs where kind = 'go_live'")
    with watched.runner():
        watched.wait_quiet()
        # One level changes again before anybody thinks of undoing.
        watched.sandbox.edit("SKU-000007", 99)
        done = watched.shelfwire("undo", str(run))
        assert done.returncode == 0, done.stderr
        assert "had set 30 levels: 29 are restored" in done.stdout
        assert "1 have changed since" in done.stdout
        assert watched.offered() == {**before, "SKU-000007": 99}
        assert "was undone" in watched.shelfwire("guard", "show").stdout
        again = watched.shelfwire("undo", str(run))
        assert again.returncode == 0, again.stderr
        assert watched.offered() == {**before, "SKU-000007": 99}
        assert watched.shelfwire("guard", "release", watched.sandbox.shop).returncode == 0
        watched.wait_quiet()
    assert watched.offered() == watched.shelf()
    assert watched.sandbox.stats()["double_applied"] == 0


def test_what_cannot_be_undone_is_said_with_the_remedy(watched: House) -> None:
    nothing = watched.shelfwire("undo", "4711")
    assert nothing.returncode == 2 and "has written nothing" in nothing.stderr
    go_live(watched)
    run = watched.value("select id from sync.runs where kind = 'go_live'")
    with watched.runner():
        watched.wait_quiet()
    alone = watched.shelfwire("undo", str(run), "--wait", "0.1")
    assert alone.returncode == 2 and "shelfwire run" in alone.stderr
    with watched.runner():
        assert watched.shelfwire("undo", str(run)).returncode == 0
    watched.do("update sync.shops set mode = 'monitor'")
    stopped = watched.shelfwire("undo", str(run))
    assert stopped.returncode == 2 and "mode monitor" in stopped.stderr
