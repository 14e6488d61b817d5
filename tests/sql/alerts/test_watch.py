"""What raises alerts and makes events: circuits, runs, schedules, shops, what waits too long."""

from __future__ import annotations

import json

import pytest

from tests.seeds import Connection, Shelf, rows, value


def opened(connection: Connection) -> list[tuple[str, str]]:
    found = rows(connection, "select rule, subject from sync.open_alerts order by rule, subject")
    return [(r["rule"], r["subject"]) for r in found]


def events(connection: Connection) -> list[str]:
    found = rows(connection, "select kind from sync.recent_events where kind not like 'alert%' order by id")
    return [r["kind"] for r in found]


def watch(shelf: Shelf) -> list[tuple[str, str]]:
    shelf.connection.execute("select sync.watch_alerts()")
    return opened(shelf.connection)


def test_an_open_circuit_is_an_alert_until_it_closes(shelf: Shelf) -> None:
    c = shelf.connection
    fail = "select sync.note_failure(%s, %s, 'HTTP_503', 'No.')"
    for _ in range(4):
        c.execute(fail.encode(), (shelf.shop, 1))
    assert opened(c) == []
    c.execute(fail.encode(), (shelf.shop, 1))
    (alert,) = rows(c, "table sync.open_alerts")
    assert (alert["rule"], alert["shop"]) == ("circuit_open", "one.myshopify.com")
    assert "HTTP_503: No." in alert["message"] and "shelfwire shop verify one.myshopify.com" in alert["remedy"]
    c.execute("update sync.circuits set next_probe_at = clock_timestamp()")
    c.execute("select sync.enter_circuit(%s, 'inventory', 7)", (shelf.shop,))
    c.execute(fail.encode(), (shelf.shop, 7))
    assert len(opened(c)) == 1
    c.execute("select sync.note_success(%s)", (shelf.shop,))
    assert opened(c) == []
    c.execute("select sync.note_success(%s)", (shelf.shop,))
    assert events(c) == ["shop_added", "circuit_opened", "circuit_closed"]


def finish_run(shelf: Shelf, marked: int, *, dry: bool = False, state: str = "succeeded") -> bool:
    """A reconcile run ends; whether an alert is open then."""
    c = shelf.connection
    run = value(c, "insert into sync.runs (kind, shop_id) values ('reconcile_inventory', %s) returning id", shelf.shop)
    c.execute(
        "update sync.runs set state = %s, finished_at = now(), result = %s where id = %s",
        (state, json.dumps({"marked": marked, "causes": {}, "dry_run": dry}), run),
    )
    return opened(c) == [("corrections_rising", "")]


def test_rising_corrections_are_an_alert_and_no_success(shelf: Shelf) -> None:
    # The first three say what is usual; then up to twice that, and up to five, is no news.
    assert [finish_run(shelf, n) for n in (50, 2, 2)] == [False] * 3
    assert [finish_run(shelf, n) for n in (37, 36, 60)] == [True, False, True]
    assert not finish_run(shelf, 1)
    (alert,) = rows(shelf.connection, "select detail, openings from sync.alerts")
    assert (alert["detail"]["corrected"], alert["openings"]) == (60, 2)


def test_a_handful_of_corrections_is_no_alert(shelf: Shelf) -> None:
    assert [finish_run(shelf, n) for n in (0, 0, 0, 5, 6)] == [False, False, False, False, True]


def test_only_runs_that_corrected_are_judged_and_judged_by(shelf: Shelf) -> None:
    assert [finish_run(shelf, 0) for _ in range(3)] == [False] * 3
    assert not finish_run(shelf, 90, dry=True)
    assert not finish_run(shelf, 90, state="failed")
    assert finish_run(shelf, 6)
    # Another shop has a history of its own.
    c = shelf.connection
    shelf.shop = shelf.add_shop("two.myshopify.com")
    finish_run(shelf, 90)
    assert [r["shop"] for r in rows(c, "select shop from sync.open_alerts")] == ["one.myshopify.com"]
    assert events(c).count("run_finished") == 7


def test_the_threshold_of_a_rule_can_be_changed(shelf: Shelf) -> None:
    shelf.connection.execute("update sync.alert_rules set threshold = 20 where rule = 'corrections_rising'")
    assert [finish_run(shelf, n) for n in (0, 0, 0, 20, 21)] == [False] * 4 + [True]


def test_what_waits_for_more_than_a_quarter_of_an_hour_is_an_alert(shelf: Shelf) -> None:
    (key,) = shelf.stocked(5)
    shelf.sell(key)
    assert watch(shelf) == []
    shelf.connection.execute("update sync.change_queue_0 set changed_at = now() - interval '16 minutes'")
    assert watch(shelf) == [("oldest_pending", "queue")]
    shelf.relay()
    shelf.connection.execute("update sync.pending set since = now() - interval '14 minutes'")
    assert watch(shelf) == []
    shelf.connection.execute("update sync.pending set since = now() - interval '16 minutes'")
    assert watch(shelf) == watch(shelf) == [("oldest_pending", "")]
    (alert,) = rows(shelf.connection, "table sync.open_alerts")
    assert alert["times"] == 2 and "1 products are not acknowledged by one.myshopify.com" in alert["message"]
    shelf.settle()
    assert watch(shelf) == []


def test_many_new_refusals_are_an_alert(shelf: Shelf) -> None:
    refuse = (
        "insert into sync.refusals (shop_id, kind, key, class, message, first_at) "
        "select %s, 'inventory', n::text, 'X', 'm', now() - %s::interval from generate_series(%s::integer, %s) as n"
    )
    shelf.connection.execute(refuse.encode(), (shelf.shop, "1 minute", 1, 10))
    shelf.connection.execute(refuse.encode(), (shelf.shop, "2 hours", 11, 30))
    assert watch(shelf) == []
    shelf.connection.execute(refuse.encode(), (shelf.shop, "1 minute", 31, 31))
    assert watch(shelf) == [("refusals_open", "")]
    shelf.connection.execute("select sync.retry_refusals(null, null, null)")
    assert watch(shelf) == []
    assert "refusals_retried" in events(shelf.connection)


def test_a_schedule_that_fails_is_an_alert_until_it_succeeds(shelf: Shelf) -> None:
    c = shelf.connection
    run = "update sync.schedules set last_run_at = clock_timestamp(), last_error = %s where name = 'keep_logs'"
    c.execute(run.encode(), ("no luck",))
    assert opened(c) == [("run_failed", "keep_logs")]
    c.execute(run.encode(), (None,))
    assert opened(c) == []
    c.execute("update sync.schedules set expression = '* * * * *' where name = 'keep_logs'")
    c.execute("update sync.schedules set expression = '* * * * *' where name = 'keep_logs'")
    (event,) = rows(c, "select subject, message from sync.recent_events where kind = 'schedule_changed'")
    assert event == {"subject": "keep_logs", "message": "* * * * * enabled, before: 7 * * * * enabled"}


@pytest.mark.parametrize(("state", "error"), [("succeeded", None), ("failed", "no luck")])
def test_the_end_of_a_run_is_one_event(shelf: Shelf, state: str, error: str | None) -> None:
    c = shelf.connection
    c.execute("insert into sync.runs (kind, shop_id) values ('link', %s)", (shelf.shop,))
    assert events(c) == ["shop_added"]
    for _ in range(2):
        c.execute("update sync.runs set state = %s, error = %s, finished_at = now()", (state, error))
    (event,) = rows(c, "select subject, message from sync.recent_events where kind = 'run_finished'")
    assert event == {"subject": "link", "message": f"link {state}{': no luck' if error else ''}"}


def test_events_and_cleared_alerts_are_kept_for_a_month(shelf: Shelf) -> None:
    c = shelf.connection
    c.execute("delete from sync.events")
    for days in (31, 29):
        c.execute(
            "with t as (select now() - %s * interval '1 day' as at), e as (insert into sync.events "
            "(at, kind, subject, message) select t.at, 'x', '', '' from t) insert into sync.alerts "
            "(rule, message, remedy, raised_at, cleared_at) select 'guard_held', 'm', 'r', t.at, t.at from t",
            (days,),
        )
    c.execute(
        "insert into sync.alerts (rule, message, remedy, raised_at) values ('guard_held', 'm', 'r', '2020-01-01')"
    )
    c.execute("select sync.prune_logs()")
    assert (value(c, "select count(*) from sync.events"), value(c, "select count(*) from sync.alerts")) == (1, 2)


def test_runs_whose_process_is_gone_do_not_run_for_ever(shelf: Shelf) -> None:
    c = shelf.connection
    begun = {kind: value(c, "select sync.start_run(%s, %s)", shelf.shop, kind) for kind in ("link", "plan", "undo")}
    c.execute("update sync.runs set advanced_at = now() - interval '16 minutes' where kind <> 'plan'")
    # An undo waits for what it has stored to be sent.
    c.execute(
        "insert into sync.requests (shop_id, kind, lane, document, variables, entries, keys, run_id) "
        "values (%s, 'inventory', 0, 'X', '{}', 1, '{1}', %s)",
        (shelf.shop, begun["undo"]),
    )
    watch(shelf)
    found = {r["kind"]: (r["state"], r["error"]) for r in rows(c, "select kind, state, error from sync.run_status")}
    assert found == {
        "link": ("failed", "Its process fell silent."),
        "plan": ("running", None),
        "undo": ("running", None),
    }
