"""Alerts: one open row per rule, shop and subject, told once when it opens and once when its reason is gone."""

from __future__ import annotations

import json
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


def claim(connection: Connection) -> list[Any]:
    return rows(connection, "select * from sync.claim_deliveries()")


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
