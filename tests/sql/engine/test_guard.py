"""I14: a push that would zero or change an unusual share of a shop stops and asks."""

from __future__ import annotations

import pytest

from tests.seeds import DOMAIN, Shelf, rows, value

PRODUCTS = 40


@pytest.fixture
def guarded(shelf: Shelf) -> Shelf:
    """A live shop of forty products with two units each, in step; a fifth zeroed, or half changed, is unusual."""
    shelf.stocked(*[2] * PRODUCTS)
    shelf.connection.execute("update sync.guards set loss_share = 0.2, change_share = 0.5, allowance = 5")
    return shelf


def held(shelf: Shelf) -> str | None:
    (row,) = rows(shelf.connection, "select held_reason from sync.guards")
    return str(row["held_reason"]) if row["held_reason"] else None


def lose(shelf: Shelf, keys: list[str]) -> None:
    shelf.connection.execute(
        "update warehouse.shipment_items set status = 'lost' where product_id = any (%s::bigint[])", (keys,)
    )


def test_zeroing_an_unusual_share_is_stopped_before_anything_goes_out(guarded: Shelf) -> None:
    lose(guarded, list(guarded.items)[:9])
    assert guarded.relay()["packed"] == 0
    assert held(guarded) == "9 of 40 levels in stock would be set to zero."
    assert len(guarded.pending()) == 9
    assert rows(guarded.connection, "select * from sync.requests") == []
    (alert,) = rows(guarded.connection, "select * from sync.alerts where cleared_at is null")
    assert (alert["rule"], alert["shop_id"]) == ("guard_held", guarded.shop)


def test_a_lane_that_comes_just_after_another_was_stopped_is_stopped_too(guarded: Shelf) -> None:
    stops = "select sync.guard_stops(%s, 'inventory', 9)"
    assert value(guarded.connection, stops, guarded.shop) is True
    assert held(guarded) is not None
    assert value(guarded.connection, stops, guarded.shop) is True


def test_a_usual_share_passes(guarded: Shelf) -> None:
    lose(guarded, list(guarded.items)[:8])
    assert guarded.relay()["packed"] > 0
    assert held(guarded) is None


def test_what_is_zeroed_little_by_little_is_stopped_too(guarded: Shelf) -> None:
    for job, key in enumerate(list(guarded.items)[:8], 1):
        lose(guarded, [key])
        guarded.relay()
        (planned,) = guarded.prepared([key], job=job)
        guarded.answer(planned["request_id"])
    guarded.settle()
    key = list(guarded.items)[8]
    lose(guarded, [key])
    assert guarded.relay()["packed"] == 0
    assert held(guarded) == "9 of 40 levels in stock would be set to zero."


def test_what_comes_back_in_stock_counts_against_what_was_zeroed(guarded: Shelf) -> None:
    for job in range(1, 12):
        key = next(iter(guarded.items))
        lose(guarded, [key])
        (zeroed,) = guarded.prepared([key], job=job)
        guarded.answer(zeroed["request_id"])
        guarded.receive(key, 1)
        (restored,) = guarded.prepared([key], job=job)
        guarded.answer(restored["request_id"])
    assert held(guarded) is None
    assert value(guarded.connection, "select lost_lately from sync.guard_status") == 0


def test_changing_an_unusual_share_at_one_stroke_is_stopped(guarded: Shelf) -> None:
    guarded.connection.execute(
        "insert into warehouse.shipment_items (shipment_id, product_id, location_id, status) "
        "select 1, p.id, l.id, 'received' from warehouse.products as p, warehouse.locations as l order by 3, 2 limit 41"
    )
    assert guarded.relay()["packed"] == 0
    assert held(guarded) == "41 of 80 levels would change at one stroke."


def test_a_backlog_of_hours_is_not_one_stroke(guarded: Shelf) -> None:
    guarded.connection.execute("update sync.guards set change_share = 0.2")
    for minutes, key in enumerate(guarded.items):
        guarded.receive(key, 1)
        guarded.connection.execute(
            "select sync.mark_inventory(%s, %s, array[now() - make_interval(mins => %s)])",
            (guarded.shop, [key], 2 * minutes),
        )
    assert held(guarded) is None
    guarded.drain()
    guarded.connection.execute("delete from sync.pending")
    guarded.connection.execute("select sync.mark_inventory(%s, null, array[now()])", (guarded.shop,))
    assert held(guarded) == "40 of 80 levels would change at one stroke."


def test_a_number_that_turned_to_zero_after_its_job_was_packed_is_stopped_when_it_is_computed(guarded: Shelf) -> None:
    keys = list(guarded.items)[:9]
    guarded.connection.execute(
        "insert into warehouse.shipment_items (shipment_id, product_id, location_id, status) "
        "select 1, k::bigint, 1, 'received' from unnest(%s::text[]) as k",
        (keys,),
    )
    assert guarded.relay()["packed"] > 0
    lose(guarded, keys)
    (answer,) = guarded.prepared(keys)
    assert (answer["step"], answer["request_id"], answer["read"]) == ("held", None, None)
    assert sorted(answer["keys"]) == sorted(keys)
    assert held(guarded) is not None
    assert rows(guarded.connection, "select * from sync.requests") == []


def test_a_held_shop_takes_no_job_and_its_changes_wait(guarded: Shelf) -> None:
    key = next(iter(guarded.items))
    guarded.receive(key, 1)
    guarded.relay()
    job = guarded.pending()[key]["job_id"]
    guarded.connection.execute("select sync.hold_kind(%s, 'inventory', 'by hand')", (guarded.shop,))
    assert value(guarded.connection, "select sync.enter_circuit(%s, 'inventory', %s)", guarded.shop, job) == "held"
    assert guarded.claim(job=job)[0]["keys"] == []
    assert guarded.relay()["packed"] == 0


def test_released_it_goes_out_and_the_guard_counts_anew(guarded: Shelf) -> None:
    keys = list(guarded.items)[:20]
    lose(guarded, keys)
    guarded.relay()
    assert held(guarded) is not None
    assert value(guarded.connection, "select sync.release_guard(%s, 'inventory')", guarded.shop) == 20
    assert guarded.relay()["packed"] > 0
    (planned,) = guarded.prepared(keys)
    assert planned["entries"] == 20
    assert held(guarded) is None
    assert value(guarded.connection, "select count(*) from sync.alerts where cleared_at is null") == 0
    assert value(guarded.connection, "select sync.release_guard(%s, 'inventory')", guarded.shop) is None


def test_what_was_cleared_and_turns_worse_is_stopped_again(guarded: Shelf) -> None:
    keys = list(guarded.items)[:20]
    lose(guarded, keys)
    guarded.relay()
    guarded.connection.execute("select sync.release_guard(%s, 'inventory')", (guarded.shop,))
    lose(guarded, list(guarded.items)[20:])
    guarded.relay()
    assert held(guarded) == "20 of 40 levels in stock would be set to zero."


def test_a_share_of_one_is_no_limit(guarded: Shelf) -> None:
    guarded.connection.execute("update sync.guards set loss_share = 1, change_share = 1")
    lose(guarded, list(guarded.items))
    assert guarded.relay()["packed"] > 0
    assert held(guarded) is None


def test_a_shop_in_monitor_is_not_held(guarded: Shelf) -> None:
    guarded.connection.execute("update sync.shops set mode = 'monitor'")
    lose(guarded, list(guarded.items))
    assert guarded.relay()["packed"] > 0
    assert held(guarded) is None


def test_the_status_says_how_near_it_is(guarded: Shelf) -> None:
    lose(guarded, list(guarded.items)[:3])
    guarded.relay()
    (status,) = rows(guarded.connection, "select * from sync.guard_status")
    assert (status["shop"], status["mode"], status["pending_moves"], status["pending_losses"]) == (DOMAIN, "live", 3, 3)
