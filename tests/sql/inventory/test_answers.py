"""Answers: noted once, per level, and a key that changed meanwhile stays pending (I6, I7)."""

from __future__ import annotations

import psycopg
import pytest

from tests.seeds import BACK, FRONT, Shelf, entries, level, rows


def test_an_applied_answer_is_what_shopify_holds_now(shelf: Shelf) -> None:
    key = shelf.stocked(5)[0]
    shelf.sell(key)
    (planned,) = shelf.prepared([key])
    assert shelf.answer(planned["request_id"]) is True
    found = level(shelf, key)
    assert (found["available"], found["acknowledged"], found["request_id"]) == (4, 4, planned["request_id"])
    assert found["seen_at"] == found["acknowledged_at"]
    assert shelf.prepared([key], job=2) == []


def test_a_second_answer_changes_nothing(shelf: Shelf) -> None:
    key = shelf.stocked(5)[0]
    shelf.sell(key)
    (planned,) = shelf.prepared([key])
    shelf.answer(planned["request_id"])
    before = level(shelf, key)
    refusal: list[dict[str, object]] = [{"index": 0, "class": "X", "message": "m"}]
    assert shelf.answer(planned["request_id"], "rejected", refusal) is False
    assert shelf.answer(0) is False
    assert level(shelf, key) == before
    assert rows(shelf.connection, "select * from sync.refusals") == []


def test_a_rejected_answer_refuses_what_it_names_and_writes_nothing(shelf: Shelf) -> None:
    poisoned, sound = shelf.stocked(5, 6)
    shelf.sell(poisoned)
    shelf.sell(sound)
    (planned,) = shelf.prepared([poisoned, sound], job=9)
    refusal: list[dict[str, object]] = [{"index": 0, "class": "BAD", "message": "m"}]
    shelf.answer(planned["request_id"], "rejected", refusal)
    assert level(shelf, poisoned)["available"] == 5
    (refused,) = rows(shelf.connection, "select * from sync.refusals")
    assert (refused["key"], refused["part"], refused["class"]) == (poisoned, str(FRONT), "BAD")
    assert (refused["job_id"], refused["request_id"]) == (9, planned["request_id"])
    # The rest of the batch goes out at once, in the same job; a later job tries the refused one again.
    (planned,) = shelf.prepared([poisoned, sound], job=9)
    assert [e[0] for e in entries(shelf, planned["request_id"])] == [shelf.items[sound]]
    shelf.answer(planned["request_id"])
    (planned,) = shelf.prepared([poisoned, sound], job=10)
    assert [e[0] for e in entries(shelf, planned["request_id"])] == [shelf.items[poisoned]]


def test_settling_keeps_what_changed_meanwhile(shelf: Shelf) -> None:
    done, changed = shelf.stocked(5, 5)
    shelf.connection.execute("update warehouse.shipment_items set status = 'sold' where id in (1, 6)")
    shelf.relay()
    jobs = {key: row["job_id"] for key, row in shelf.pending().items()}
    lanes = {key: shelf.pending()[key]["lane"] for key in (done, changed)}
    shelf.sell(changed)
    shelf.relay()
    settled = [shelf.settle_push(shelf.turn_of(0, lane, jobs[key]), key) for key, lane in lanes.items()]
    assert settled == [1, 0]
    assert shelf.pending().keys() == {changed}


def test_settling_ends_refusals_that_were_not_repeated(shelf: Shelf) -> None:
    key = shelf.stocked(5)[0]
    refuse = "select sync.refuse(%s, 'inventory', %s, %s::text, %s, 'm', %s, null)"
    shelf.connection.execute(refuse, (shelf.shop, key, FRONT, "OLD", 1))
    shelf.connection.execute(refuse, (shelf.shop, key, BACK, "STILL", 1))
    shelf.connection.execute(refuse, (shelf.shop, key, BACK, "STILL", 2))
    shelf.settle_push(shelf.turn(job=2), key)
    assert rows(shelf.connection, "select class, refusals from sync.refusals") == [{"class": "STILL", "refusals": 2}]


def test_a_request_names_its_levels_in_the_order_of_shopify(shelf: Shelf) -> None:
    keys = shelf.stocked(5, 6)
    for key in keys:
        shelf.sell(key)
    (planned,) = shelf.prepared(keys)
    found = rows(
        shelf.connection,
        "select index, inventory_item_id from sync.level_entries("
        "(select variables from sync.requests where id = %s)) order by index",
        planned["request_id"],
    )
    assert [tuple(r.values()) for r in found] == [(0, shelf.items[keys[0]]), (1, shelf.items[keys[1]])]
    assert rows(shelf.connection, "select * from sync.level_entries('{}')") == []


def test_a_runner_that_comes_back_does_not_settle_what_another_does_now(shelf: Shelf) -> None:
    key = shelf.stocked(5)[0]
    shelf.sell(key)
    shelf.relay()
    lane = shelf.pending()[key]["lane"]
    old, new = shelf.turn(lane, 7), shelf.turn(lane, 7)
    with pytest.raises(psycopg.DatabaseError) as caught:
        shelf.settle_push(old, key)
    assert caught.value.sqlstate == "SW001"
    assert shelf.settle_push(new, key) == 1
