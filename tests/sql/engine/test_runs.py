"""The queue of runs: what is asked for, taken in turn, given back, followed and ended."""

from __future__ import annotations

import json
from typing import Any

import psycopg
import pytest

from tests.seeds import Shelf, rows, value

KINDS = ["pass", "other", "reconcile_inventory"]


def queue(shelf: Shelf, kind: str = "pass", *, shop: int = 0, priority: int = 20, due: str = "0", **args: Any) -> int:
    found = value(
        shelf.connection,
        "select sync.queue_run(%s, %s, %s, 'somebody', %s, now() + %s::interval)",
        shop or shelf.shop,
        kind,
        json.dumps(args),
        priority,
        due,
    )
    return int(found)


def take(shelf: Shelf, run: int | None = None) -> Any:
    found = rows(shelf.connection, "select * from sync.take_run(%s, %s)", KINDS, run)
    return found[0] if found else None


def taken(shelf: Shelf) -> list[int]:
    """All that may be begun now, in turn."""
    found = []
    while run := take(shelf):
        found.append(run["id"])
    return found


def end(shelf: Shelf, run: int, error: str | None = None) -> None:
    attempt = value(shelf.connection, "select attempt from sync.runs where id = %s", run)
    shelf.connection.execute("select sync.finish_run(%s, %s, null, %s)", (run, attempt, error))


def status(shelf: Shelf, run: int) -> Any:
    return rows(shelf.connection, "select * from sync.run_status where id = %s", run)[0]


def state(shelf: Shelf, run: int) -> str:
    return str(status(shelf, run)["state"])


def fall_silent(shelf: Shelf, run: int, since: str = "3 minutes") -> None:
    shelf.connection.execute("update sync.runs set advanced_at = now() - %s::interval where id = %s", (since, run))


def test_the_queue_goes_by_priority_then_by_age(shelf: Shelf) -> None:
    low, first, second = (queue(shelf, keys=[n], priority=p) for n, p in (("1", 10), ("2", 20), ("3", 20)))
    assert taken(shelf) == [first, second, low]


def test_a_run_is_not_begun_before_its_time(shelf: Shelf) -> None:
    run = queue(shelf, due="10 minutes")
    assert (take(shelf), status(shelf, run)["waits_for"]) == (None, "its time")
    shelf.connection.execute("update sync.runs set due_at = now()")
    assert take(shelf)["id"] == run


def test_a_time_that_was_set_before_the_clock_was_put_back_has_come(shelf: Shelf) -> None:
    run = queue(shelf, due="5 hours")
    assert taken(shelf) == [run]


def test_kinds_that_nobody_here_knows_wait_for_who_does(shelf: Shelf) -> None:
    run = queue(shelf, "unknown")
    assert take(shelf) is None
    assert status(shelf, run)["waits_for"] == "a runner"


def test_three_runs_of_a_shop_are_at_work_at_once_and_another_shop_waits_for_none_of_them(shelf: Shelf) -> None:
    other = shelf.add_shop("two.myshopify.com")
    ours = [queue(shelf, keys=[str(n)], priority=50) for n in range(5)]
    theirs = queue(shelf, shop=other)
    assert taken(shelf) == [*ours[:3], theirs]
    assert status(shelf, ours[3])["waits_for"] == "its turn: 3 runs of the shop are at work"
    end(shelf, ours[1])
    assert taken(shelf) == [ours[3]]
    shelf.connection.execute("update sync.shops set runs_at_once = 4")
    assert taken(shelf) == [ours[4]]


def test_a_shop_that_is_off_is_left_alone(shelf: Shelf) -> None:
    run = queue(shelf)
    shelf.connection.execute("update sync.shops set mode = 'off'")
    assert (take(shelf), status(shelf, run)["waits_for"]) == (None, "its shop, which is off")
    shelf.connection.execute("update sync.shops set mode = 'monitor'")
    assert take(shelf)["id"] == run


def test_two_of_a_kind_wait_for_each_other_and_those_of_other_kinds_or_of_named_keys_do_not(shelf: Shelf) -> None:
    first, second = queue(shelf, full=True), queue(shelf, since="2026-01-01")
    named, other = queue(shelf, keys=["1"]), queue(shelf, "other")
    assert taken(shelf) == [first, named, other]
    assert status(shelf, second)["waits_for"] == f"run {first}"
    assert take(shelf, second) is None
    end(shelf, first)
    assert taken(shelf) == [second]


def test_what_waits_is_joined_and_what_is_at_work_is_not(shelf: Shelf) -> None:
    first = queue(shelf, full=True, due="1 hour")
    assert queue(shelf, full=True, priority=30) == first
    run = take(shelf)
    assert (run["id"], run["priority"]) == (first, 30)
    second = queue(shelf, full=True)
    assert second > first and queue(shelf, full=True) == second


def test_only_one_process_takes_the_last_place(shelf: Shelf) -> None:
    c = shelf.connection
    for n in range(2):
        queue(shelf, keys=[str(n)])
    c.execute("update sync.shops set runs_at_once = 1")
    with psycopg.connect(c.info.dsn) as one, psycopg.connect(c.info.dsn, autocommit=True) as two:
        assert one.execute("select id from sync.take_run(%s)", (KINDS,)).fetchone()
        two.execute("set lock_timeout = '100ms'")
        with pytest.raises(psycopg.errors.LockNotAvailable):
            two.execute("select id from sync.take_run(%s)", (KINDS,))
        one.commit()
        assert two.execute("select id from sync.take_run(%s)", (KINDS,)).fetchone() is None


def test_what_is_read_by_a_run_counts_from_when_it_is_begun(shelf: Shelf) -> None:
    run = queue(shelf)
    shelf.product("A", 2)
    shelf.relay()
    tick = shelf.tick()
    begun = take(shelf)
    assert (begun["id"], begun["attempt"], begun["tick"] > tick) == (run, 1, True)
    assert begun["after_change"] == value(shelf.connection, "select max(id) from sync.change_log")


def test_a_run_whose_process_fell_silent_goes_on_where_it_was(shelf: Shelf) -> None:
    run = queue(shelf)
    first = take(shelf)
    advance = "select sync.advance_run(%s, %s, 5, 9, 'page 5')"
    shelf.connection.execute(advance, (run, first["attempt"]))
    fall_silent(shelf, run, "1 minute")
    assert take(shelf) is None
    fall_silent(shelf, run)
    second = take(shelf)
    assert (second["id"], second["attempt"], second["reached"], second["done"]) == (run, 2, "page 5", 5)
    assert (second["tick"], second["started_at"]) == (first["tick"], first["started_at"])
    with pytest.raises(psycopg.DatabaseError) as error:
        shelf.connection.execute(advance, (run, first["attempt"]))
    assert error.value.sqlstate == "SW004"


def beat(shelf: Shelf, run: int, attempt: int, done: int | None = None, total: int | None = None) -> Any:
    found = rows(
        shelf.connection, "select * from sync.beat_runs(%s, %s, array[%s::integer], array[%s::integer])",
        [run], [attempt], done, total,
    )  # fmt: skip
    return tuple(found[0].values()) if found else None


def test_a_sign_of_life_keeps_a_run_from_being_taken_over_but_not_by_who_has_lost_it(shelf: Shelf) -> None:
    run = queue(shelf)
    attempt = take(shelf)["attempt"]
    fall_silent(shelf, run)
    assert beat(shelf, run, attempt + 1) == (run, True)
    assert take(shelf)["attempt"] == 2
    fall_silent(shelf, run)
    assert beat(shelf, run, 2, 7, 9) is None
    assert take(shelf) is None
    assert (status(shelf, run)["done"], status(shelf, run)["total"]) == (7, 9)
    value(shelf.connection, "select sync.cancel_run(%s)", run)
    assert beat(shelf, run, 2) == (run, False)


@pytest.mark.parametrize(("attempt", "silence"), [(5, "3 minutes"), (1, "61 minutes")])
def test_a_run_that_may_end_its_process_or_has_read_too_long_ago_has_failed(
    shelf: Shelf, attempt: int, silence: str
) -> None:
    run = queue(shelf)
    take(shelf)
    shelf.connection.execute("update sync.runs set attempt = %s", (attempt,))
    fall_silent(shelf, run, silence)
    assert take(shelf) is None
    assert (state(shelf, run), status(shelf, run)["error"]) == ("failed", "Its process fell silent.")


def test_a_run_that_is_given_back_waits_and_goes_on(shelf: Shelf) -> None:
    run = queue(shelf)
    attempt = take(shelf)["attempt"]
    shelf.connection.execute("select sync.give_back_run(%s, %s, 'Shopify is away', '1 minute')", (run, attempt))
    assert (state(shelf, run), status(shelf, run)["error"], take(shelf)) == ("queued", "Shopify is away", None)
    shelf.connection.execute("update sync.runs set due_at = now()")
    assert take(shelf)["attempt"] == attempt + 1


def test_a_run_that_waits_is_cancelled_at_once_and_one_at_work_when_it_says_how_far_it_is(shelf: Shelf) -> None:
    c = shelf.connection
    cancel = "select sync.cancel_run(%s)"
    run, waits = queue(shelf, full=True), queue(shelf, since="1")
    attempt = take(shelf)["attempt"]
    assert (value(c, cancel, waits), value(c, cancel, waits)) == ("cancelled", None)
    assert (value(c, cancel, run), status(shelf, run)["stage"]) == ("running", "ending")
    with pytest.raises(psycopg.DatabaseError) as error:
        c.execute("select sync.advance_run(%s, %s, 5, 9, 'x')", (run, attempt))
    assert error.value.sqlstate == "SW009"
    end(shelf, run, "run is to be cancelled")
    assert (state(shelf, run), status(shelf, run)["error"]) == ("cancelled", None)
    assert rows(c, "select from sync.open_alerts") == []
    assert take(shelf) is None


@pytest.mark.parametrize("by", ["give_back_run(%s, 1, null, '0')", "conclude_run(%s, 1, '{}')"])
def test_a_run_that_is_to_end_does_not_go_on(shelf: Shelf, by: str) -> None:
    run = queue(shelf)
    take(shelf)
    mark(shelf, run, shelf.stocked(5)[0])
    value(shelf.connection, "select sync.cancel_run(%s)", run)
    shelf.connection.execute(f"select sync.{by}".encode(), (run,))
    assert state(shelf, run) == "cancelled"
    assert [row["run_id"] for row in shelf.pending().values()] == [None]


def mark(shelf: Shelf, run: int, *keys: str) -> None:
    value(
        shelf.connection,
        "select sync.mark_keys(%s, 'inventory', %s, array_fill(now(), array[%s]), array_fill(0, array[%s]), "
        "array_fill(1, array[%s]), array_fill(0, array[%s]), %s)",
        shelf.shop, list(keys), *[len(keys)] * 4, run,
    )  # fmt: skip


def conclude(shelf: Shelf, run: int) -> None:
    shelf.connection.execute("select sync.conclude_run(%s, 1, '{\"seen\": 7}')", (run,))


def test_a_run_follows_its_keys_until_they_are_acknowledged_or_refused(shelf: Shelf) -> None:
    c = shelf.connection
    one, two, three = shelf.stocked(5, 5, 5)
    run = queue(shelf)
    take(shelf)
    mark(shelf, run, one, two, three)
    conclude(shelf, run)
    assert (status(shelf, run)["stage"], status(shelf, run)["total"]) == ("pushing", 3)
    c.execute("delete from sync.pending where key = %s", (one,))
    assert value(c, "select sync.follow_runs()") == 1
    assert (status(shelf, run)["done"], status(shelf, run)["failed"]) == (1, 0)
    c.execute("select sync.refuse(%s, 'inventory', %s, '', 'X', 'For a moment.', null, null)", (shelf.shop, three))
    c.execute("delete from sync.refusals")
    c.execute("select sync.refuse(%s, 'inventory', %s, '', 'X', 'No.', null, null)", (shelf.shop, two))
    c.execute("delete from sync.pending where key in (%s, %s)", (two, three))
    assert value(c, "select sync.follow_runs()") == 0
    found = status(shelf, run)
    assert (found["state"], found["done"], found["total"], found["failed"]) == ("succeeded", 3, 3, 1)
    assert found["result"] == {"seen": 7, "marked": 3, "acknowledged": 2, "failed": 1}
    c.execute("delete from sync.refusals")
    (failure,) = rows(c, "select key, class, message from sync.run_failures where run_id = %s", run)
    assert tuple(failure.values()) == (two, "X", "No.")


def test_a_run_with_nothing_to_push_ends_at_once(shelf: Shelf) -> None:
    run = queue(shelf)
    take(shelf)
    conclude(shelf, run)
    assert (state(shelf, run), status(shelf, run)["result"]) == ("succeeded", {"seen": 7})


def test_a_run_that_follows_its_keys_takes_no_place_is_never_silent_and_says_what_holds_it(shelf: Shelf) -> None:
    c = shelf.connection
    c.execute("update sync.shops set runs_at_once = 1, mode = 'live'")
    first, second = queue(shelf, full=True), queue(shelf, keys=["x"])
    take(shelf)
    mark(shelf, first, shelf.stocked(5)[0])
    conclude(shelf, first)
    fall_silent(shelf, first, "3 hours")
    assert taken(shelf) == [second]
    assert status(shelf, first)["waits_for"] == "its keys to be acknowledged"
    c.execute("update sync.guards set held_at = now(), held_reason = 'too many'")
    assert status(shelf, first)["waits_for"] == "the guard: too many"
    assert value(c, "select sync.cancel_run(%s)", first) == "cancelled"
    assert [row["run_id"] for row in shelf.pending().values()] == [None]


def test_a_cancelled_or_failed_run_is_resumed_where_it_was_unless_it_is_old(shelf: Shelf) -> None:
    c = shelf.connection
    resume = "select sync.resume_run(%s, 'me')"
    run = queue(shelf)
    take(shelf)
    assert value(c, resume, run) is None
    c.execute("select sync.advance_run(%s, 1, 5, 9, 'page 5')", (run,))
    end(shelf, run, "No.")
    assert value(c, resume, run) == run
    assert (take(shelf)["reached"], status(shelf, run)["requested_by"]) == ("page 5", "me")
    value(c, "select sync.cancel_run(%s)", run)
    end(shelf, run, "cancelled")
    c.execute("update sync.runs set started_at = now() - interval '2 hours'")
    fresh = value(c, resume, run)
    assert fresh > run and take(shelf)["reached"] is None
    begun = value(c, "select sync.start_run(%s, 'pass')", shelf.shop)
    c.execute("update sync.runs set state = 'failed', finished_at = now() where id = %s", (begun,))
    assert value(c, resume, begun) is None


def test_a_failed_run_of_the_queue_is_an_alert_until_one_of_its_kind_succeeds(shelf: Shelf) -> None:
    c = shelf.connection
    run = queue(shelf)
    take(shelf)
    end(shelf, run, "Shopify says no.")
    (alert,) = rows(c, "select rule, subject, message from sync.open_alerts")
    assert tuple(alert.values()) == ("run_failed", "pass", "pass of one.myshopify.com failed: Shopify says no.")
    assert queue(shelf) == run
    take(shelf)
    end(shelf, run)
    assert rows(c, "select from sync.open_alerts") == []


def schedule(shelf: Shelf, name: str = "reconcile_inventory", shop: int | None = None) -> int:
    return int(value(shelf.connection, "select sync.queue_scheduled(%s, %s, '10 minutes')", name, shop))


def waits(shelf: Shelf) -> list[float]:
    return [
        float(row["wait"])
        for row in rows(
            shelf.connection,
            "select extract(epoch from due_at - queued_at) as wait from sync.runs where state = 'queued' "
            "order by shop_id",
        )
    ]


def test_what_a_schedule_asks_of_all_shops_begins_in_each_at_a_time_of_its_own(shelf: Shelf) -> None:
    c = shelf.connection
    for n in range(19):
        shelf.add_shop(f"{n}.myshopify.com")
    c.execute("update sync.shops set linked_at = now()")
    assert schedule(shelf) == 20
    first = waits(shelf)
    ordered = sorted(first)
    gaps = [b - a for a, b in zip(ordered, [*ordered[1:], 600.0], strict=True)]
    assert first[0] == 0 and min(gaps) >= 600 / 20 / 2.7 and max(gaps) <= 600 / 20 * 2
    c.execute("delete from sync.runs")
    shelf.add_shop("late.myshopify.com")
    c.execute("update sync.shops set linked_at = now()")
    assert schedule(shelf) == 21
    assert waits(shelf)[:20] == first
    assert {r["requested_by"] for r in rows(c, "select requested_by from sync.runs")} == {
        "schedule reconcile_inventory"
    }


def test_a_schedule_asks_for_nothing_while_its_last_run_waits_or_is_at_work(shelf: Shelf) -> None:
    shelf.connection.execute("update sync.shops set linked_at = now()")
    assert (schedule(shelf), schedule(shelf)) == (1, 0)
    run = take(shelf)
    assert schedule(shelf) == 0
    end(shelf, run["id"])
    assert schedule(shelf) == 1


def test_a_schedule_leaves_shops_alone_that_are_off_or_have_nothing_to_do(shelf: Shelf) -> None:
    c = shelf.connection
    c.execute("update sync.shops set linked_at = null")
    assert (schedule(shelf), schedule(shelf, "sync_products"), schedule(shelf, "link_shops")) == (0, 0, 1)
    c.execute("update sync.shops set linked_at = now()")
    assert (schedule(shelf), schedule(shelf, "sync_products")) == (1, 0)
    c.execute("insert into sync.catalogs (shop_id) values (%s)", (shelf.shop,))
    assert schedule(shelf, "sync_products") == 1
    c.execute("delete from sync.runs")
    c.execute("update sync.shops set mode = 'off'")
    assert (schedule(shelf), schedule(shelf, "link_shops")) == (0, 0)


def test_a_schedule_may_be_another_in_a_shop_and_go_back(shelf: Shelf) -> None:
    c = shelf.connection
    c.execute("update sync.shops set linked_at = now()")
    give = "select sync.set_schedule(%s, '5 * * * *', null, %s)"
    assert value(c, give, "reconcile_inventory", shelf.shop)
    assert not value(c, give, "keep_logs", shelf.shop)
    assert schedule(shelf) == 0
    assert (schedule(shelf, shop=shelf.shop), waits(shelf)) == (1, [0])
    c.execute("delete from sync.runs")
    c.execute("select sync.note_schedule('reconcile_inventory', 'no luck', %s)", (shelf.shop,))
    assert value(c, "select shop_id from sync.alerts where cleared_at is null") == shelf.shop
    reset = "select sync.reset_schedule('reconcile_inventory', %s)"
    assert value(c, reset, shelf.shop) and not value(c, reset, shelf.shop)
    assert rows(c, "select from sync.open_alerts") == []
    assert schedule(shelf) == 1
