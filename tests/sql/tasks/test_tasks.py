"""Tasks: one open row for each thing that a person has to do, told of as an alert, closed once its reason is gone."""

from __future__ import annotations

import json
from typing import Any

import psycopg

from tests.seeds import Shelf, rows, value


def renew(shelf: Shelf, *subjects: str, shop: int | None = -1, kind: str = "odd", opens: bool = True) -> int:
    """What a source has to say of a shop."""
    found = [{"subject": s, "message": f"{s} is odd.", "remedy": "Even it out."} for s in subjects]
    return int(
        value(
            shelf.connection, "select sync.renew_tasks('test', %s, %s, %s::jsonb, %s)",
            kind, shelf.shop if shop == -1 else shop, json.dumps(found), opens,
        )
    )  # fmt: skip


def tasks(shelf: Shelf) -> list[tuple[str, str]]:
    return [(r["kind"], r["subject"]) for r in rows(shelf.connection, "select * from sync.open_tasks order by id")]


def alerts(shelf: Shelf) -> list[Any]:
    return rows(shelf.connection, "select * from sync.open_alerts where rule = 'task_open' order by subject")


def test_each_is_opened_once_and_closed_when_it_is_not_named_any_more(shelf: Shelf) -> None:
    assert renew(shelf, "a", "b") == 2
    assert renew(shelf, "a", "b", "b") == 0
    assert tasks(shelf) == [("odd", "a"), ("odd", "b")]
    assert renew(shelf, "c", opens=False) == 0
    assert tasks(shelf) == []
    assert {r["note"] for r in rows(shelf.connection, "table sync.tasks")} == {"The reason is gone: closed by itself."}
    assert renew(shelf, "a") == 1


def test_kinds_shops_and_the_whole_house_have_tasks_of_their_own(shelf: Shelf) -> None:
    assert (renew(shelf, "a"), renew(shelf, "a", kind="other"), renew(shelf, "a", shop=None)) == (1, 1, 1)
    assert renew(shelf) == 0
    assert tasks(shelf) == [("other", "a"), ("odd", "a")]
    assert renew(shelf, shop=None) == 0
    assert tasks(shelf) == [("other", "a")]
    assert [a["shop"] for a in alerts(shelf)] == ["one.myshopify.com"]


def test_an_open_one_is_told_as_it_is_now(shelf: Shelf) -> None:
    renew(shelf, "a")
    words = '[{"subject": "a", "message": "a is odder.", "remedy": "Hurry."}]'
    value(shelf.connection, "select sync.renew_tasks('test', 'odd', %s, %s::jsonb)", shelf.shop, words)
    (task,) = rows(shelf.connection, "table sync.open_tasks")
    assert (task["message"], task["remedy"]) == ("a is odder.", "Hurry.")


def test_another_source_closes_nothing(shelf: Shelf) -> None:
    renew(shelf, "a")
    value(shelf.connection, "select sync.renew_tasks('other', 'odd', %s, '[]')", shelf.shop)
    assert tasks(shelf) == [("odd", "a")]


def test_somebody_finishes_a_task_once_and_its_alert_is_cleared(shelf: Shelf, warehouse: str) -> None:
    with psycopg.connect(warehouse, autocommit=True) as listener:
        listener.execute("listen sync_alerts")
        renew(shelf, "a")
        (alert,) = alerts(shelf)
        assert (alert["subject"], alert["message"]) == ("odd a", "a is odd.")
        assert "shelfwire tasks list" in alert["remedy"]
        number = value(shelf.connection, "select id from sync.open_tasks")
        assert alert["detail"] == {"task": number, "remedy": "Even it out."}
        finish = "select sync.finish_task(%s, 'Ann', 'Evened out.')"
        assert (value(shelf.connection, finish, number), value(shelf.connection, finish, number)) == (True, False)
        heard = [json.loads(n.payload) for n in listener.notifies(timeout=5, stop_after=2)]
    assert [(h["event"], h["rule"], h["subject"]) for h in heard] == [
        ("raised", "task_open", "odd a"),
        ("cleared", "task_open", "odd a"),
    ]
    assert alerts(shelf) == []
    (task,) = rows(shelf.connection, "table sync.tasks")
    assert (task["done_by"], task["note"], task["done_at"] is not None) == ("Ann", "Evened out.", True)


def test_twenty_of_many_are_alerts_and_what_was_missed_is_told_within_a_minute(shelf: Shelf) -> None:
    renew(shelf, *(f"{n:02}" for n in range(30)))
    assert len(alerts(shelf)) == 20
    shelf.connection.execute("update sync.tasks set done_at = now(), done_by = 'Ann' where subject < '25'")
    shelf.connection.execute("select sync.watch_alerts()")
    assert [a["subject"] for a in alerts(shelf)] == [f"odd {n}" for n in range(25, 30)]


def test_done_tasks_are_kept_for_a_month(shelf: Shelf) -> None:
    renew(shelf, "open", "late", "early")
    for subject, days in (("late", 29), ("early", 31)):
        shelf.connection.execute(
            "update sync.tasks set done_at = now() - make_interval(days => %s), done_by = 'Ann' where subject = %s",
            (days, subject),
        )
    shelf.connection.execute("select sync.prune_logs()")
    assert {r["subject"] for r in rows(shelf.connection, "table sync.tasks")} == {"open", "late"}
