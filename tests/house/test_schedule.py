"""Schedules: rows that a running runner follows."""

from __future__ import annotations

from pathlib import Path

from tests.house.house import House


def test_a_changed_schedule_is_followed_by_a_running_runner(house: House) -> None:
    with house.runner():
        done = house.shelfwire("schedules", "set", "keep_logs", "* * * * * */1")
        assert done.returncode == 0, done.stderr
        house.wait_until(
            lambda: house.value("select last_run_at is not null from sync.schedules where name = 'keep_logs'"), "a run"
        )
    assert house.value("select last_error from sync.schedules where name = 'keep_logs'") is None


def test_a_schedule_that_fails_says_why(house: House) -> None:
    house.sandbox.fault(fault="access_denied", operation="productVariants")
    house.do("update sync.schedules set expression = '* * * * * */1' where name = 'link_shops'")
    with house.runner():
        house.wait_until(
            lambda: house.value("select count(*) from sync.open_alerts where rule = 'run_failed'") == 1, "an alert"
        )
    assert "read_products" in house.value("select message from sync.open_alerts where rule = 'run_failed'")
    (run,) = house.rows("select requested_by, error from sync.runs where state = 'failed' limit 1")
    assert run["requested_by"] == "schedule link_shops" and "read_products" in run["error"]


def test_a_disabled_schedule_does_not_run(house: House) -> None:
    house.shelfwire("schedules", "set", "keep_logs", "* * * * * */1", "--disable")
    house.shelfwire("schedules", "set", "link_shops", "* * * * * */1")
    with house.runner():
        house.wait_until(
            lambda: house.value("select last_run_at is not null from sync.schedules where name = 'link_shops'"), "a run"
        )
    assert house.value("select last_run_at from sync.schedules where name = 'keep_logs'") is None


def test_a_schedule_that_never_comes_holds_back_neither_the_others_nor_the_runner(house: House, tmp_path: Path) -> None:
    house.do("update sync.schedules set expression = '0 0 31 2 *' where name = 'keep_logs'")
    house.do("update sync.schedules set expression = '* * * * * */1' where name = 'link_shops'")
    ran = "select last_run_at is not null from sync.schedules where name = 'link_shops'"
    with (tmp_path / "log").open("wb") as log, house.runner(log=log) as runner:
        house.wait_until(lambda: house.value(ran), "a run of another schedule")
        house.do("update sync.schedules set expression = 'nonsense' where name = 'keep_logs'")
        said = "select message like 'The schedule keep_logs failed: ''nonsense''%' from sync.open_alerts"
        house.wait_until(lambda: house.value(f"{said} where rule = 'run_failed'"), "an alert of it")
        assert runner.poll() is None
        assert "'nonsense' is no cron expression" in (tmp_path / "log").read_text()
        house.shelfwire("schedules", "set", "keep_logs", "* * * * * */1")
        assert house.rows("select from sync.open_alerts where rule = 'run_failed'") == []
        noted = "select last_run_at from sync.schedules where name = 'keep_logs'"
        before = house.value(noted)
        house.wait_until(lambda: house.value(noted) != before, "a run of it")
    assert "'0 0 31 2 *' never comes" in (tmp_path / "log").read_text()
