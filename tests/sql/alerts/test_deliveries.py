"""Deliveries: what is told of an alert, once an hour at most, and by one runner."""

from __future__ import annotations

import random
from itertools import pairwise
from typing import Any

import pytest

from tests.seeds import Connection, Shelf, rows, value
from tests.sql.alerts.test_alerts import SINKS, claim, cleared, later, queued, raised


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
