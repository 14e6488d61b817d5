"""Planning a push and noting its answer: from the numbers of this moment, stored before anything is sent (I3-I8)."""

from __future__ import annotations

import psycopg
import pytest

from tests.seeds import BACK, FRONT, Shelf, entries, rows, value


def test_what_is_sent_is_computed_when_it_is_sent(shelf: Shelf) -> None:
    key = shelf.stocked(5)[0]
    shelf.sell(key)
    shelf.relay()
    shelf.sell(key, 2)
    (planned,) = shelf.prepared([key])
    assert entries(shelf, planned["request_id"]) == [(shelf.items[key], FRONT, 2, 5)]


def test_a_request_is_stored_with_its_key_before_it_is_sent(shelf: Shelf) -> None:
    key = shelf.stocked(5)[0]
    shelf.sell(key)
    (planned,) = shelf.prepared([key], job=7)
    (stored,) = rows(shelf.connection, "select * from sync.requests")
    assert (stored["state"], stored["sends"], stored["job_id"]) == ("open", 1, 7)
    assert stored["idempotency_key"] == planned["idempotency_key"]
    assert stored["variables"] == planned["variables"]
    assert planned["variables"] == {
        "input": {
            "name": "available",
            "reason": "correction",
            "referenceDocumentUri": f"gid://shelfwire/Request/{stored['id']}",
            "quantities": [
                {
                    "inventoryItemId": f"gid://shopify/InventoryItem/{shelf.items[key]}",
                    "locationId": f"gid://shopify/Location/{FRONT}",
                    "quantity": 4,
                    "changeFromQuantity": 5,
                }
            ],
        },
        "key": str(stored["idempotency_key"]),
    }
    assert planned["keys"] == [key]


def test_nothing_is_planned_for_a_level_that_is_right(shelf: Shelf) -> None:
    keys = shelf.stocked(5, 0)
    assert shelf.prepared(keys) == []
    assert shelf.prepared([]) == []
    assert shelf.prepared(["unknown"]) == []


def test_every_mapped_location_is_its_own_level_and_several_may_share_one(shelf: Shelf) -> None:
    key = shelf.stocked(5)[0]
    shelf.see(key, BACK, 1)
    shelf.receive(key, 3, location=2)
    (planned,) = shelf.prepared([key])
    assert entries(shelf, planned["request_id"]) == [(shelf.items[key], BACK, 3, 1)]
    shelf.answer(planned["request_id"], "abandoned")
    shelf.connection.execute("select sync.map_location(%s, '2', %s)", (shelf.shop, FRONT))
    (planned,) = shelf.prepared([key])
    assert entries(shelf, planned["request_id"]) == [(shelf.items[key], FRONT, 8, 5)]


def test_requests_are_of_the_size_asked_with_falling_stock_and_last_units_first(shelf: Shelf) -> None:
    keys = shelf.stocked(*[1, 2, 3, 4, 5, 6])
    for key in keys[:4]:
        shelf.sell(key)
    for key in keys[4:]:
        shelf.receive(key, 1)
    planned = shelf.prepared(keys, size=2)
    assert [p["entries"] for p in planned] == [2, 2, 2]
    sent = [entry for p in planned for entry in entries(shelf, p["request_id"])]
    assert [(quantity, seen) for _, _, quantity, seen in sent] == [(0, 1), (1, 2), (2, 3), (3, 4), (6, 5), (7, 6)]
    assert [p["request_id"] for p in planned] == sorted(p["request_id"] for p in planned)


def test_a_thousand_levels_make_four_requests(shelf: Shelf) -> None:
    keys = shelf.stocked(*[1] * 600)
    shelf.connection.execute("update warehouse.shipment_items set status = 'sold' where product_id <= 300")
    shelf.connection.execute(
        "insert into warehouse.shipment_items (shipment_id, product_id, location_id, status) "
        "select 1, id, 1, 'received' from warehouse.products where id > 300"
    )
    planned = shelf.prepared(keys)
    assert [p["entries"] for p in planned] == [250, 250, 100]
    falling = [e[2] < (e[3] or 0) for p in planned for e in entries(shelf, p["request_id"])]
    assert falling == [True] * 300 + [False] * 300


def test_a_level_never_read_is_asked_for_and_not_written_blindly(shelf: Shelf) -> None:
    known, unread = shelf.stocked(5, 5)
    shelf.connection.execute("delete from sync.levels where inventory_item_id = %s", (shelf.items[unread],))
    shelf.sell(known)
    read, planned = shelf.prepared([known, unread])
    assert read["request_id"] is None
    assert (read["step"], read["read"], set(read["keys"])) == ("read", [shelf.items[unread]], {unread})
    assert entries(shelf, planned["request_id"]) == [(shelf.items[known], FRONT, 4, 5)]


def test_units_of_orders_not_imported_yet_are_not_offered_again(shelf: Shelf) -> None:
    key = shelf.stocked(5)[0]
    # An order for two arrived at Shopify: those units are still on the shelf.
    shelf.see(key, FRONT, 3, committed=2)
    assert shelf.prepared([key]) == []
    shelf.receive(key, 4)
    (planned,) = shelf.prepared([key])
    assert entries(shelf, planned["request_id"]) == [(shelf.items[key], FRONT, 7, 3)]


def test_orders_that_were_there_at_first_sight_count_as_known(shelf: Shelf) -> None:
    key = shelf.product("A", 5)
    shelf.variants(["A"])
    shelf.link()
    shelf.see(key, FRONT, 4, committed=3)
    (planned,) = shelf.prepared([key])
    assert entries(shelf, planned["request_id"]) == [(shelf.items[key], FRONT, 5, 4)]
    shelf.answer(planned["request_id"])
    # One of them is fulfilled and a new one comes: only the new one is not known here.
    shelf.see(key, FRONT, 5, committed=2)
    shelf.see(key, FRONT, 4, committed=3)
    assert shelf.prepared([key]) == []


def test_a_job_that_lost_its_lane_may_plan_nothing(shelf: Shelf) -> None:
    key = shelf.stocked(5)[0]
    shelf.sell(key)
    old = shelf.turn(job=1)
    assert shelf.claim(job=2)[0]["generation"] == int(old.strip("()").split(",")[-1]) + 1
    with pytest.raises(psycopg.Error) as refused:
        shelf.prepare(old, [key])
    assert refused.value.sqlstate == "SW001"
    assert value(shelf.connection, "select count(*) from sync.requests") == 0


def test_a_lane_with_an_unanswered_request_plans_nothing_new(shelf: Shelf) -> None:
    key = shelf.stocked(5)[0]
    shelf.sell(key)
    shelf.prepared([key])
    with pytest.raises(psycopg.Error) as refused:
        shelf.prepared([key], job=2)
    assert refused.value.sqlstate == "SW003"


def test_who_takes_a_lane_is_given_what_was_left_unanswered(shelf: Shelf) -> None:
    key = shelf.stocked(5)[0]
    shelf.sell(key)
    (planned,) = shelf.prepared([key], lane=1)
    take, claimed = shelf.claim(1, job=2)
    assert (take["step"], take["keys"], claimed["step"]) == ("take", [], "send")
    assert claimed["request_id"] == planned["request_id"]
    assert claimed["variables"] == planned["variables"]
    assert (claimed["sends"], claimed["entries"], claimed["keys"]) == (2, 1, [key])
    assert [step["step"] for step in shelf.claim(2, job=3)] == ["take"]
    shelf.answer(planned["request_id"])
    assert [step["step"] for step in shelf.claim(1, job=4)] == ["take"]
