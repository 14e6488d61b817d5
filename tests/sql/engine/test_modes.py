"""Modes and plans: a shop goes live on what somebody has seen, and until then nothing is stored to be sent (I13)."""

from __future__ import annotations

import psycopg
import pytest

from tests.seeds import FRONT, Shelf, rows, value


@pytest.fixture
def watched(shelf: Shelf) -> Shelf:
    """A linked shop in mode monitor with products of 5, 6 and 7 units, in step; their keys are ``items``."""
    shelf.stocked(5, 6, 7)
    shelf.connection.execute("update sync.shops set mode = 'monitor'")
    return shelf


def mode(shelf: Shelf, wanted: str, fingerprint: str | None = None) -> int:
    return int(value(shelf.connection, "select sync.set_mode(%s, %s, %s)", shelf.shop, wanted, fingerprint))


def fingerprint(shelf: Shelf) -> str:
    return str(value(shelf.connection, "select fingerprint from sync.make_plan(%s)", shelf.shop))


def test_a_new_shop_begins_in_monitor(shelf: Shelf) -> None:
    shelf.connection.execute("select sync.add_shop('two.myshopify.com', 'https://x', 'token', null, 'x')")
    assert value(shelf.connection, "select mode from sync.shops where domain = 'two.myshopify.com'") == "monitor"


def test_monitor_stores_no_request_but_what_it_would_have_sent(watched: Shelf) -> None:
    key = next(iter(watched.items))
    watched.receive(key, 2)
    assert watched.relay()["packed"] == 1
    assert watched.prepared([key]) == []
    assert rows(watched.connection, "select * from sync.requests") == []
    (shadow,) = rows(watched.connection, "select * from sync.shadow_levels")
    assert (shadow["quantity"], shadow["change_from_quantity"], shadow["shown"], shadow["difference"]) == (7, 5, 5, -2)
    watched.see(key, FRONT, 7)
    assert value(watched.connection, "select difference from sync.shadow_levels") == 0


def test_the_same_shadow_is_not_noted_twice(watched: Shelf) -> None:
    key = next(iter(watched.items))
    watched.receive(key, 2)
    for _ in range(2):
        watched.prepared([key])
    assert value(watched.connection, "select count(*) from sync.level_shadows") == 1
    watched.receive(key, 1)
    watched.prepared([key])
    assert value(watched.connection, "select count(*) from sync.level_shadows") == 2


def test_no_points_for_a_mutation_unless_the_shop_is_live(watched: Shelf) -> None:
    reserve = "select granted from sync.reserve_budget(%s, 10, 0, %s)"
    assert value(watched.connection, reserve, watched.shop, False)
    for wanted in ("monitor", "off"):
        watched.connection.execute("update sync.shops set mode = %s", (wanted,))
        with pytest.raises(psycopg.errors.DatabaseError, match="may not be written to") as refused:
            value(watched.connection, reserve, watched.shop, True)
        assert refused.value.sqlstate == "SW005"
    watched.connection.execute("update sync.shops set mode = 'live'")
    assert value(watched.connection, reserve, watched.shop, True)


def test_a_request_left_open_is_not_sent_after_the_shop_was_switched_to_monitor(shelf: Shelf) -> None:
    (key,) = shelf.stocked(5)
    shelf.receive(key, 1)
    lane = value(shelf.connection, "select sync.lane_of(%s, 4)", key)
    (planned,) = shelf.prepared([key], lane=lane)
    mode(shelf, "monitor")
    assert [step["step"] for step in shelf.claim(lane, 2)] == ["take"]
    shelf.connection.execute("update sync.shops set mode = 'live'")
    assert shelf.claim(lane, 3)[1]["request_id"] == planned["request_id"]


def test_a_shop_that_is_off_gets_no_jobs_and_forgets_nothing(watched: Shelf) -> None:
    mode(watched, "off")
    key = next(iter(watched.items))
    watched.receive(key, 2)
    assert watched.relay()["packed"] == 0
    assert watched.pending()[key]["changes"] == 1
    mode(watched, "monitor")
    assert watched.relay()["packed"] == 1


def test_a_plan_says_what_would_move(watched: Shelf) -> None:
    first, second, _ = watched.items
    watched.receive(first, 2)
    watched.sell(second, 6)
    (plan,) = rows(watched.connection, "select * from sync.make_plan(%s)", watched.shop)
    assert (plan["moves"], plan["losses"], plan["detail"]) == (2, 1, {"units_up": 2, "units_down": 6})
    assert (plan["kind"], plan["parts"]) == ("inventory", 6)
    again = fingerprint(watched)
    assert again == plan["fingerprint"]
    watched.receive(first, 1)
    assert fingerprint(watched) != again


def test_a_shop_goes_live_on_its_last_plan_and_then_everything_is_pushed(watched: Shelf) -> None:
    first, second, _ = watched.items
    watched.receive(first, 2)
    watched.sell(second, 6)
    watched.relay()
    watched.connection.execute("select sync.hold_kind(%s, 'inventory', 'of an earlier life')", (watched.shop,))
    assert mode(watched, "live", fingerprint(watched)) == 2
    assert value(watched.connection, "select held_at from sync.guards") is None
    assert rows(watched.connection, "select * from sync.open_alerts") == []
    found = watched.pending()
    assert set(found) == {first, second}
    assert all(row["cleared"] for row in found.values())
    watched.connection.execute("delete from pgqueuer.pgqueuer")
    assert watched.relay()["packed"] > 0


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        ("delete from sync.plans", "there is no plan"),
        ("update sync.plans set fingerprint = 'another'", "is not the fingerprint of the last plan"),
        ("update sync.plans set created_at = now() - interval '2 hours'", "older than an hour"),
        ("update sync.shop_locations set location_id = 12 where location_key = '1'", "mapping .* has changed"),
        ("update warehouse.shipment_items set status = 'lost'", "now it would be 3 and 3"),
    ],
)
def test_a_shop_does_not_go_live_on_another_plan_than_somebody_has_seen(watched: Shelf, spoil: str, words: str) -> None:
    watched.connection.execute("update sync.guards set allowance = 0")
    seen = fingerprint(watched)
    watched.connection.execute(spoil.encode())
    with pytest.raises(psycopg.errors.DatabaseError, match=words) as refused:
        mode(watched, "live", seen)
    assert refused.value.sqlstate == "SW006"
    assert value(watched.connection, "select mode from sync.shops") == "monitor"


def test_switching_is_noted(watched: Shelf) -> None:
    mode(watched, "off")
    (event,) = rows(watched.connection, "select * from sync.events where kind = 'mode_changed'")
    assert "was monitor and is off" in event["message"]
    assert mode(watched, "off") == 0
    assert value(watched.connection, "select count(*) from sync.events where kind = 'mode_changed'") == 1
