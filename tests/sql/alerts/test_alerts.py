"""Alerts: one open row per rule, shop and subject, told once when it opens and once when its reason is gone."""

from __future__ import annotations

import json
import random
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from threading import Barrier
from typing import Any

import psycopg
import pytest

from tests.seeds import Connection, Shelf, rows, value

RAISE = "select sync.raise_alert(%s, %s, %s, 'It is so.', '{\"n\": 1}')"
CLEAR = "select sync.clear_alert(%s, %s, %s)"
SINKS = "update sync.alert_rules set webhook_url = 'http://x/', email = 'a@b' where rule = %s"


def raised(shelf: Shelf, rule: str = "guard_held", subject: str = "") -> Any:
    return value(shelf.connection, RAISE, rule, shelf.shop, subject)


def cleared(shelf: Shelf, rule: str = "guard_held", subject: str = "") -> bool:
    return bool(value(shelf.connection, CLEAR, rule, shelf.shop, subject))


def queued(connection: Connection) -> list[tuple[str, str]]:
    found = rows(connection, "select sink, event from sync.deliveries order by id")
    return [(r["sink"], r["event"]) for r in found]


def kinds(connection: Connection) -> list[str]:
    return [r["kind"] for r in rows(connection, "select kind from sync.recent_events order by id")]


def test_a_second_raise_renews_and_one_soon_after_a_clear_opens_the_same_again(shelf: Shelf) -> None:
    first = raised(shelf)
    assert raised(shelf) == first
    (alert,) = rows(shelf.connection, "table sync.open_alerts")
    assert (alert["times"], alert["severity"], alert["detail"]) == (2, "critical", {"n": 1})
    assert alert["last_at"] > alert["raised_at"]
    assert (cleared(shelf), cleared(shelf)) == (True, False)
    assert rows(shelf.connection, "table sync.open_alerts") == []
    assert raised(shelf) == first
    (alert,) = rows(shelf.connection, "table sync.open_alerts")
    assert (alert["times"], alert["openings"]) == (3, 2)
    cleared(shelf)
    later(shelf.connection, 61)
    assert raised(shelf) > first
    assert kinds(shelf.connection) == ["shop_added", *["alert_raised", "alert_cleared"] * 2, "alert_raised"]


def later(connection: Connection, minutes: float) -> None:
    """Let some time pass for what is told of alerts."""
    ago = f"interval '{minutes} minutes'"
    connection.execute(
        f"update sync.alerts set raised_at = raised_at - {ago}, last_at = last_at - {ago}, "
        f"cleared_at = cleared_at - {ago}; update sync.deliveries set created_at = created_at - {ago}, "
        f"next_try_at = next_try_at - {ago}, told_at = told_at - {ago}".encode()
    )


def test_shops_subjects_and_the_whole_house_have_alerts_of_their_own(shelf: Shelf) -> None:
    assert len({raised(shelf), raised(shelf, subject="a"), value(shelf.connection, RAISE, "guard_held", None, "")}) == 3
    assert value(shelf.connection, CLEAR, "guard_held", None, "")
    assert [a["subject"] for a in rows(shelf.connection, "select subject from sync.open_alerts order by id")] == [
        "",
        "a",
    ]


def test_listeners_hear_of_opening_and_clearing_and_of_nothing_else(shelf: Shelf, warehouse: str) -> None:
    with psycopg.connect(warehouse, autocommit=True) as listener:
        listener.execute("listen sync_alerts")
        number = raised(shelf, subject="s" * 9000)
        raised(shelf, subject="s" * 9000)
        cleared(shelf, subject="s" * 9000)
        heard = [json.loads(n.payload) for n in listener.notifies(timeout=5, stop_after=2)]
        assert list(listener.notifies(timeout=0.05)) == []
    assert heard[0] == {
        "event": "raised", "alert_id": number, "rule": "guard_held", "severity": "critical", "shop_id": shelf.shop,
        "subject": "s" * 200,
    }  # fmt: skip
    assert heard[1]["event"] == "cleared"


def test_a_rule_that_is_off_or_unknown_and_a_shop_that_is_gone_do_nothing(shelf: Shelf) -> None:
    first = raised(shelf)
    shelf.connection.execute("update sync.alert_rules set is_enabled = false, email = 'a@b'")
    assert (raised(shelf, "circuit_open"), raised(shelf, "no_such_rule")) == (None, None)
    # What is open can still be cleared, but nobody is told.
    assert first is not None and cleared(shelf)
    assert queued(shelf.connection) == []
    shelf.connection.execute("update sync.alert_rules set is_enabled = true")
    assert value(shelf.connection, RAISE, "guard_held", 999, "") is None


def test_a_shop_that_is_removed_takes_its_alerts_along_and_leaves_its_events(shelf: Shelf) -> None:
    raised(shelf)
    shelf.connection.execute("select sync.remove_shop(%s)", (shelf.shop,))
    assert rows(shelf.connection, "table sync.alert_history") == []
    assert kinds(shelf.connection) == ["shop_added", "alert_raised", "shop_removed"]


def test_many_that_raise_and_clear_one_alert_at_once_open_it_once_at_a_time(shelf: Shelf, warehouse: str) -> None:
    shelf.connection.execute(SINKS.encode(), ("guard_held",))
    start = Barrier(8)

    def work(worker: int) -> None:
        with psycopg.connect(warehouse, autocommit=True) as connection:
            start.wait()
            for n in range(40):
                statement = CLEAR if worker < 3 and n % 2 else RAISE
                connection.execute(statement.encode(), ("guard_held", shelf.shop, ""))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))
    (counted,) = rows(
        shelf.connection,
        "select count(*) as alerts, count(*) filter (where cleared_at is null) as open, sum(times) as times, "
        "sum(openings) as openings from sync.alerts",
    )
    assert counted["alerts"] == 1 and counted["open"] <= 1 and counted["times"] <= 320
    # In turn: never two of a kind in a row.
    happened = kinds(shelf.connection)[1:]
    assert happened.count("alert_raised") == counted["openings"]
    assert all(one != other for one, other in pairwise(happened))
    waiting = queued(shelf.connection)
    assert len(waiting) <= 4 and {sink for sink, _ in waiting} == {"webhook", "email"}
    told = claim(shelf.connection)
    assert [(t["event"], t["openings"]) for t in told] == [
        ("raised" if counted["open"] else "cleared", counted["openings"])
    ] * 2
    assert len(queued(shelf.connection)) == 2


@pytest.mark.parametrize("first", [RAISE, CLEAR])
def test_nobody_waits_for_another_transaction(shelf: Shelf, warehouse: str, first: str) -> None:
    """Two that touch the same alerts in opposite order cannot deadlock, for none of them ever waits."""
    if first == CLEAR:
        raised(shelf, subject="a")
        raised(shelf, subject="b")
    with psycopg.connect(warehouse) as one, psycopg.connect(warehouse) as two:
        for connection, subject in ((one, "a"), (two, "b"), (one, "b"), (two, "a")):
            connection.execute("set lock_timeout = '1ms'")
            found = value(connection, first, "guard_held", shelf.shop, subject)
            assert bool(found) == ((connection, subject) in ((one, "a"), (two, "b")))
    assert len(rows(shelf.connection, "table sync.open_alerts")) == (2 if first == RAISE else 0)


def claim(connection: Connection) -> list[Any]:
    return rows(connection, "select * from sync.claim_deliveries()")


def finish(connection: Connection, row: Any, error: str | None, attempt: int | None = None) -> Any:
    statement = "select sync.finish_delivery(%s, %s, %s)"
    return value(connection, statement, row["id"], attempt or row["attempt"], error) if row else None


def tell(shelf: Shelf) -> list[tuple[str, int, str]]:
    """Tell what is due by webhook: the event, how often the alert opened since it was told, the message."""
    told = claim(shelf.connection)
    assert [finish(shelf.connection, row, None) for row in told] == ["delivered"] * len(told)
    return [(row["event"], row["openings"], row["message"]) for row in told]


@pytest.fixture
def told(shelf: Shelf) -> Shelf:
    """With a webhook for guard_held."""
    shelf.connection.execute("update sync.alert_rules set webhook_url = 'http://x/' where rule = 'guard_held'")
    return shelf


def test_the_first_message_goes_at_once_and_so_does_the_clearing_after_an_hour(told: Shelf) -> None:
    raised(told)
    assert tell(told) == [("raised", 1, "It is so.")]
    later(told.connection, 61)
    cleared(told)
    assert tell(told) == [("cleared", 0, "It is so.")]
    assert queued(told.connection) == [("webhook", "raised"), ("webhook", "cleared")]


def test_an_early_clearing_is_told_when_the_hour_is_over(told: Shelf) -> None:
    raised(told)
    assert len(tell(told)) == 1
    later(told.connection, 10)
    cleared(told)
    assert tell(told) == []
    wait = "select next_try_at - clock_timestamp() between '49 min' and '50 min' from sync.deliveries where id = 2"
    assert value(told.connection, wait)
    later(told.connection, 49)
    assert tell(told) == []
    later(told.connection, 2)
    assert tell(told) == [("cleared", 0, "It is so.")]


def test_what_comes_and_goes_is_told_once_an_hour_with_a_count(told: Shelf) -> None:
    raised(told)
    assert len(tell(told)) == 1
    for _ in range(9):
        later(told.connection, 5)
        cleared(told)
        raised(told)
        assert tell(told) == []
    assert len(queued(told.connection)) <= 3
    cleared(told)
    later(told.connection, 16)
    assert tell(told) == [("cleared", 9, "It is so. It opened and cleared 9 times meanwhile.")]
    # It is quiet for less than an hour: the same alert, which is told when the hour is over.
    later(told.connection, 20)
    raised(told)
    cleared(told)
    raised(told)
    assert tell(told) == []
    later(told.connection, 41)
    assert tell(told) == [("raised", 2, "It is so. It opened and cleared once meanwhile.")]
    assert value(told.connection, "select count(*) from sync.alerts") == 1


def test_what_was_told_last_is_not_told_again(told: Shelf) -> None:
    raised(told)
    assert len(tell(told)) == 1
    cleared(told)
    raised(told)
    later(told.connection, 61)
    assert tell(told) == []
    assert queued(told.connection) == [("webhook", "raised")]
    cleared(told)
    assert tell(told) == [("cleared", 1, "It is so. It opened and cleared once meanwhile.")]


def test_an_alert_that_was_open_for_a_part_of_the_hour_is_told_although_it_is_cleared_again(told: Shelf) -> None:
    raised(told)
    tell(told)
    later(told.connection, 61)
    cleared(told)
    assert tell(told) == [("cleared", 0, "It is so.")]
    later(told.connection, 10)
    raised(told)
    later(told.connection, 20)
    cleared(told)
    later(told.connection, 31)
    assert tell(told) == [("cleared", 1, "It is so. It opened and cleared once meanwhile.")]


def test_after_a_quiet_hour_it_is_a_new_alert_unless_somebody_was_told_of_the_old_one_meanwhile(told: Shelf) -> None:
    first = raised(told)
    tell(told)
    cleared(told)
    later(told.connection, 61)
    assert tell(told) == [("cleared", 0, "It is so.")]
    assert raised(told) == first and tell(told) == []
    later(told.connection, 61)
    assert tell(told) == [("raised", 1, "It is so.")]
    later(told.connection, 61)
    cleared(told)
    assert len(tell(told)) == 1
    later(told.connection, 61)
    assert raised(told) > first
    assert tell(told) == [("raised", 1, "It is so.")]


def test_whatever_comes_and_goes_for_two_days_is_told_no_more_than_once_an_hour(told: Shelf) -> None:
    c = told.connection
    c.execute(SINKS.encode(), ("guard_held",))
    draw = random.Random(7)
    clock = 0.0
    messages: dict[str, list[tuple[float, str, int]]] = {"webhook": [], "email": []}
    while clock < 48 * 60:
        step = draw.choice([0.5, 1, 7, 20, 45, 70, 130])
        clock += step
        later(c, step)
        if draw.random() < 0.6:
            raised(told)
        if draw.random() < 0.5:
            cleared(told)
        for row in claim(c):
            if finish(c, row, "No." if draw.random() < 0.2 else None) == "delivered":
                messages[row["sink"]].append((clock, row["event"], row["openings"]))
    for found in messages.values():
        assert len(found) > 10
        assert all(b[0] - a[0] >= 60 for a, b in pairwise(found)), found
        # Each has something to say.
        assert all(a[1] != b[1] or b[2] > 0 for a, b in pairwise(found)), found
    shown = value(c, "select sum(openings) from sync.alerts")
    told_of = [sum(openings for *_, openings in found) for found in messages.values()]
    assert all(shown - 1 <= n <= shown for n in told_of), (shown, told_of)


def test_what_is_being_told_is_waited_for(told: Shelf, warehouse: str) -> None:
    c = told.connection
    raised(told)
    (first,) = claim(c)
    cleared(told)
    assert claim(c) == []
    assert finish(c, first, None) == "delivered"
    # It is an hour too early, although it did not look so when it was queued.
    assert claim(c) == []
    later(c, 61)
    assert [event for event, *_ in tell(told)] == ["cleared"]


def test_a_sink_that_fails_is_told_what_is_true_by_then_under_another_number(told: Shelf) -> None:
    c = told.connection
    raised(told)
    (first,) = claim(c)
    assert finish(c, first, "HTTP 500") == "waiting"
    cleared(told)
    assert claim(c) == []
    c.execute("update sync.deliveries set next_try_at = clock_timestamp() where id = %s", (first["id"],))
    (second,) = claim(c)
    assert (second["event"], second["attempt"], second["openings"]) == ("cleared", 2, 1)
    assert second["message"] == "It is so. It opened and cleared once meanwhile."
    assert second["id"] > first["id"] and finish(c, first, None) is None
    assert finish(c, second, None) == "delivered"
    assert queued(c) == [("webhook", "cleared")]


def test_a_delivery_is_one_runners(told: Shelf) -> None:
    shelf, c = told, told.connection
    raised(shelf)
    (first,) = claim(c)
    assert (first["event"], first["address"], first["shop"]) == ("raised", "http://x/", "one.myshopify.com")
    assert claim(c) == []
    assert finish(c, first, "HTTP 500") == "waiting"
    waits = "select next_try_at - clock_timestamp() between '0' and '16 s' as soon from sync.deliveries where id = %s"
    assert value(c, waits, first["id"])
    c.execute("update sync.deliveries set next_try_at = clock_timestamp()")
    (again,) = claim(c)
    assert (again["id"], again["attempt"]) == (first["id"], 2)
    assert rows(c, "select sync.finish_delivery(%s, 1, null)", first["id"]) == [{"finish_delivery": None}]
    assert finish(c, again, None) == "delivered"
    assert claim(c) == []


def test_a_delivery_is_given_up_after_a_day_and_stays_visible(shelf: Shelf) -> None:
    c = shelf.connection
    c.execute(SINKS.encode(), ("guard_held",))
    raised(shelf)
    for attempt in range(1, 12):
        c.execute("update sync.deliveries set next_try_at = clock_timestamp()")
        assert [(r["attempt"], finish(c, r, "HTTP 500")) for r in claim(c)] == [(attempt, "waiting")] * 2
    last = "select max(next_try_at) - clock_timestamp() < '91 minutes' as soon from sync.deliveries"
    assert value(c, last)
    c.execute("update sync.deliveries set next_try_at = clock_timestamp(), created_at = now() - interval '25 hours'")
    assert [finish(c, r, "HTTP 500") for r in claim(c)] == ["failed"] * 2
    (shown,) = rows(c, "select delivered, waiting, failed, error from sync.alert_history")
    assert shown == {"delivered": 0, "waiting": 0, "failed": 2, "error": "HTTP 500"}


def test_the_next_delivery_is_the_first_of_those_of_an_alert(told: Shelf) -> None:
    c = told.connection
    due = "select round(sync.next_delivery())"
    assert value(c, due) is None
    raised(told)
    assert value(c, due) == 0
    (row,) = claim(c)
    finish(c, row, "No.")
    cleared(told)
    c.execute("update sync.deliveries set next_try_at = clock_timestamp() + interval '5 minutes' where attempts > 0")
    assert 299 <= value(c, due) <= 300


def test_a_rule_says_what_it_is_and_drops_what_waits_for_a_sink_that_it_no_longer_names(told: Shelf) -> None:
    c = told.connection
    c.execute("select sync.set_rule('refusals_open', true, 7, 'http://x/', 'a@b')")
    raised(told, "refusals_open")
    (rule,) = rows(c, "select * from sync.rule_status where rule = 'refusals_open'")
    assert (rule["threshold"], rule["webhook_url"], rule["email"], rule["open"]) == (7, "http://x/", "a@b", 1)
    assert rule["description"] == "more than 7 products were refused within an hour"
    c.execute("select sync.set_rule('refusals_open', false, 7, null, 'a@b')")
    assert queued(c) == [("email", "raised")]


def test_what_does_not_arrive_is_seen(told: Shelf) -> None:
    c = told.connection
    raised(told)
    for tries, seen in ((2, 0), (3, 1)):
        c.execute("update sync.deliveries set attempts = %s, error = 'HTTP 500'", (tries,))
        assert len(rows(c, "table sync.undelivered_alerts")) == seen
    assert rows(c, "table sync.undelivered_alerts") == [
        {"rule": "guard_held", "sink": "webhook", "deliveries": 1, "error": "HTTP 500"}
    ]
    later(c, 3 * 24 * 60)
    c.execute("update sync.deliveries set state = 'failed'")
    assert rows(c, "table sync.undelivered_alerts") == []
