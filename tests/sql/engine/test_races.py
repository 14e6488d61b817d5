"""Two at once: what one has computed and not committed, the other does not see, and nothing is lost by that."""

from __future__ import annotations

import json
import threading
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from tests.seeds import FRONT, Shelf, level, rows, value


def waits(shelf: Shelf, name: str) -> bool:
    found = "select exists (select from pg_stat_activity where application_name = %s and wait_event_type = 'Lock')"
    return bool(value(shelf.connection, found, name))


def picked(shelf: Shelf, key: str) -> str:
    """A job has taken the lane of a pending key; returns its turn."""
    pending = shelf.pending()[key]
    shelf.connection.execute("update pgqueuer.pgqueuer set status = 'picked' where id = %s", (pending["job_id"],))
    return shelf.turn(pending["lane"], pending["job_id"])


def test_a_change_beside_a_link_is_pushed_once_the_link_is_marked_again(shelf: Shelf, warehouse: str) -> None:
    """I2."""
    key = shelf.product("A", 2)
    shelf.variants(["A"])
    shelf.relay()
    with psycopg.connect(warehouse) as link:
        link.execute("select * from sync.link_products(%s)", (shelf.shop,))
        shelf.sell(key)
        shelf.relay()  # does not see the link
        link.commit()
    shelf.connection.execute("delete from sync.pending")
    assert value(shelf.connection, "select sync.mark_shop(%s)", shelf.shop) == 1
    assert shelf.pending().keys() == {key}


def test_what_a_job_was_refused_and_somebody_retries_is_sent_by_that_job_too(shelf: Shelf) -> None:
    """I2: it would be settled without having been sent."""
    (key,) = shelf.stocked(5)
    shelf.sell(key)
    shelf.relay()
    turn = picked(shelf, key)
    (push,) = shelf.prepare(turn, [key])
    shelf.answer(push["request_id"], "rejected", [{"index": 0, "class": "BAD", "message": "m"}])
    assert value(shelf.connection, "select sync.retry_refusals(null, null, null)") == 1
    assert [step["step"] for step in shelf.prepare(picked_again(shelf, turn), [key])] == ["send"]


def picked_again(shelf: Shelf, turn: str) -> str:
    """The same job takes its lane once more."""
    _, _, lane, job, _ = turn.strip("()").split(",")
    return shelf.turn(int(lane), int(job))


@pytest.mark.parametrize("again", ["rejected", "abandoned"])
def test_the_guard_counts_a_loss_once_however_often_it_is_prepared(shelf: Shelf, again: str) -> None:
    keys = shelf.stocked(*[1] * 100)
    shelf.connection.execute("update sync.guards set loss_share = 0.2, change_share = 1, allowance = 10")
    for key in keys[:15]:
        shelf.sell(key)
    turn = shelf.turn()
    (send,) = shelf.prepare(turn, keys[:15])
    shelf.answer(send["request_id"], again)
    assert [step["step"] for step in shelf.prepare(turn, keys[:15])] == ["send"]


def test_the_guard_does_not_count_again_what_a_job_has_in_hand(shelf: Shelf) -> None:
    keys = shelf.stocked(*[1] * 100)
    shelf.connection.execute("update sync.guards set loss_share = 0.2, change_share = 1, allowance = 10")
    for key in keys[:15]:
        shelf.sell(key)
    shelf.relay()
    shelf.connection.execute("update pgqueuer.pgqueuer set status = 'picked'")
    jobs = "select lane, job_id, array_agg(key) as keys from sync.pending group by 1, 2"
    for job in rows(shelf.connection, jobs):
        assert [s["step"] for s in shelf.prepared(job["keys"], lane=job["lane"], job=job["job_id"])] == ["send"]
    shelf.receive(keys[50], 1)
    shelf.relay()
    assert value(shelf.connection, "select held_reason from sync.guards") is None


def test_an_undo_whose_job_met_an_open_circuit_is_come_for_again(shelf: Shelf) -> None:
    (key,) = shelf.stocked(5)
    shelf.sell(key)
    c = shelf.connection
    run = value(c, "select sync.start_run(%s, 'x')", shelf.shop)
    c.execute("select sync.mark_inventory(%s, %s, array[now()], %s)", (shelf.shop, [key], run))
    c.execute("select sync.pack_jobs()")
    turn = picked(shelf, key)
    (send,) = shelf.prepare(turn, [key])
    shelf.answer(send["request_id"])
    shelf.advance(turn, key)
    c.execute("delete from pgqueuer.pgqueuer")
    undo = value(c, "select sync.start_run(%s, 'undo')", shelf.shop)
    assert value(c, "select sync.restore_run('inventory', %s, %s)", run, undo) == 1
    c.execute("delete from pgqueuer.pgqueuer")  # its job was held by the circuit, and ended
    assert (value(c, "select sync.pack_jobs()"), value(c, "select sync.pack_jobs()")) == (1, 0)


def test_a_request_that_was_left_open_in_a_lane_without_work_is_come_for_when_the_shop_is_live_again(
    shelf: Shelf,
) -> None:
    """I7."""
    (key,) = shelf.stocked(5)
    shelf.sell(key)
    shelf.prepared([key], lane=1, job=1)
    shelf.connection.execute("update sync.lanes set job_id = null")
    shelf.connection.execute("update sync.shops set mode = 'monitor'")
    assert value(shelf.connection, "select sync.pack_jobs()") == 0
    shelf.connection.execute("update sync.shops set mode = 'live'")
    assert value(shelf.connection, "select sync.pack_jobs()") == 1


def test_a_request_that_may_not_be_sent_keeps_no_circuit_open(shelf: Shelf) -> None:
    (key,) = shelf.stocked(5)
    shelf.sell(key)
    shelf.prepared([key])
    shelf.connection.execute("select sync.note_failure(%s, 1, 'HTTP_503', 'No.', true)", (shelf.shop,))
    shelf.connection.execute("select sync.hold_kind(%s, 'inventory', 'by hand')", (shelf.shop,))
    shelf.call()
    assert value(shelf.connection, "select state from sync.circuits") == "closed"


def test_nothing_harmless_is_sent_either_while_the_kind_is_held(shelf: Shelf) -> None:
    """I14."""
    keys = shelf.stocked(*[5] * 12)
    turn = shelf.turn()
    probe = "select step from sync.probe_push(%s::sync.turn, '{}')"
    assert keys and rows(shelf.connection, probe, turn) == [{"step": "send"}]
    shelf.connection.execute("select sync.hold_kind(%s, 'inventory', 'by hand')", (shelf.shop,))
    assert rows(shelf.connection, probe, turn) == []


def test_a_round_that_may_not_write_any_more_undoes_itself_whole(shelf: Shelf, warehouse: str) -> None:
    """I13: its runner notes then what Shopify did."""
    first, second = shelf.stocked(5, 5)
    shelf.connection.execute("update sync.kinds set lanes = 1")
    shelf.sell(first)
    shelf.relay()
    turn = picked(shelf, first)
    (push,) = shelf.prepare(turn, [first])
    shelf.sell(second)
    shelf.relay()
    applied = {"request_id": push["request_id"], "answer": {}, "call": {"document": "X", "milliseconds": 1}}
    with psycopg.connect(warehouse) as other, ThreadPoolExecutor(1) as pool:
        other.execute("select from sync.budgets for update")

        def advance() -> None:
            with psycopg.connect(warehouse, application_name="round") as runner:
                runner.execute(
                    "select * from sync.advance_push(%s::sync.turn, %s, 'go on', %s::json, %s::json)",
                    (turn, [first], json.dumps(applied), json.dumps({"InventorySetQuantities": 10})),
                )

        going = pool.submit(advance)
        while not waits(shelf, "round"):
            threading.Event().wait(0.01)
        shelf.connection.execute("select sync.set_mode(%s, 'off')", (shelf.shop,))
        other.commit()
        with pytest.raises(psycopg.DatabaseError) as refused:
            going.result()
    assert refused.value.sqlstate == "SW005"
    assert value(shelf.connection, "select state from sync.requests") == "open"
    assert level(shelf, first, FRONT)["available"] == 5


def test_a_shop_and_a_kind_that_come_at_once_know_each_other(shelf: Shelf, warehouse: str) -> None:
    with psycopg.connect(warehouse) as upgrade, ThreadPoolExecutor(1) as pool:
        upgrade.execute(
            "insert into sync.kinds (kind, entity, parts, present, lost) values ('toys', 'toy', 'toys', 'toys', 'lost')"
        )

        def add() -> None:
            with psycopg.connect(warehouse, application_name="clerk") as clerk:
                clerk.execute("select sync.add_shop('two.myshopify.com', 'https://x', 'token', null, 'x')")

        adding = pool.submit(add)
        while not waits(shelf, "clerk"):
            threading.Event().wait(0.01)
        upgrade.commit()
        adding.result()
    lanes = "select count(*) from sync.lanes as l join sync.shops as h on h.id = l.shop_id where domain like 'two%'"
    assert value(shelf.connection, lanes) == 8
