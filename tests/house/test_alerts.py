"""A runner at work tells of alerts, and never at the cost of a push."""

from __future__ import annotations

import json

from tests.house.house import House
from tests.receivers import Hook

AN_HOUR_LATER = "update sync.deliveries set told_at = told_at - interval '1 hour'"


def test_a_running_runner_tells_of_another_version_and_of_what_is_deprecated(house: House, hook: Hook) -> None:
    house.do("update sync.alert_rules set webhook_url = %s", hook.url)
    house.sandbox.fault("version_fallback")
    house.sandbox.fault("deprecated", operation="inventorySetQuantities", message="Use something else.")

    def told() -> set[tuple[str, str, str]]:
        return {(b["event"], b["rule"], b["subject"]) for b in (json.loads(body) for _, body in list(hook.got))}

    expected = {("raised", "api_version", ""), ("raised", "api_deprecated", "InventorySetQuantities")}
    with house.runner():
        house.receive("SKU-000001", 3)
        house.wait_until(lambda: told() >= expected, "the alerts")
        house.wait_quiet()
        assert "2026-07" in house.value("select message from sync.open_alerts where rule = 'api_version'")
        assert "Use something else." in house.value(
            "select message from sync.open_alerts where rule = 'api_deprecated'"
        )
        delivered = "select count(*) from sync.deliveries where state = 'delivered'"
        house.wait_until(lambda: house.value(delivered) == 2, "the end of the deliveries")
        house.do(AN_HOUR_LATER)
        house.sandbox.clear_faults()
        house.receive("SKU-000001", 3)
        house.wait_until(lambda: told() >= {("cleared", rule, subject) for _, rule, subject in expected}, "the end")
    assert told() == expected | {("cleared", rule, subject) for _, rule, subject in expected}
    assert house.offered()["SKU-000001"] == 6


def test_pushes_go_on_while_no_alert_can_be_delivered(house: House) -> None:
    house.do("update sync.alert_rules set webhook_url = 'http://127.0.0.1:1/', email = 'a@b'")
    with house.runner():
        house.do("select sync.raise_alert('run_failed', null, n::text, '') from generate_series(1, 30) as n")
        house.receive("SKU-000001", 3)
        house.wait_quiet()
        house.wait_until(
            lambda: house.value("select count(*) from sync.deliveries where error is not null") == 60, "60 failures"
        )
    assert house.offered()["SKU-000001"] == 3
    errors = {r["error"] for r in house.rows("select distinct error from sync.deliveries")}
    assert errors == {
        "It could not be sent: ConnectError.", "No mail server is known: set SHELFWIRE_SMTP_URL."
    }  # fmt: skip


def test_the_schedule_finds_what_nobody_tells(house: House) -> None:
    house.do("update sync.schedules set expression = '* * * * * */1' where name = 'watch_alerts'")
    house.do(
        "insert into sync.refusals (shop_id, kind, key, class, message) "
        "select id, 'inventory', n::text, 'X', 'm' from sync.shops, generate_series(1, 11) as n"
    )
    with house.runner():
        house.wait_until(lambda: bool(house.rows("select from sync.open_alerts")), "an alert")
    assert house.value("select rule from sync.open_alerts") == "refusals_open"
