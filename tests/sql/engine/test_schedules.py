"""Schedules: when they run, and how they ended."""

from __future__ import annotations

from tests.seeds import Shelf, rows, value


def test_a_schedule_is_changed_in_part_and_one_that_is_not_there_is_not(shelf: Shelf) -> None:
    c = shelf.connection
    assert value(c, "select sync.set_schedule('keep_logs', '1 * * * *', null)")
    assert value(c, "select sync.set_schedule('keep_logs', null, false)")
    assert not value(c, "select sync.set_schedule('nothing', null, false)")
    c.execute("select sync.note_schedule('keep_logs', 'no luck')")
    (schedule,) = rows(
        c,
        "select expression, is_enabled, last_error, last_run_at is not null "
        "from sync.schedules where name = 'keep_logs'",
    )
    assert tuple(schedule.values()) == ("1 * * * *", False, "no luck", True)
    c.execute("select sync.note_schedule('keep_logs', null)")
    assert value(c, "select last_error from sync.schedules where name = 'keep_logs'") is None


def test_what_failed_at_other_times_is_no_alert_any_more(shelf: Shelf) -> None:
    c = shelf.connection
    c.execute("select sync.note_schedule('keep_logs', 'no luck')")
    c.execute("select sync.set_schedule('keep_logs', null, true)")
    assert value(c, "select count(*) from sync.open_alerts") == 1
    c.execute("select sync.set_schedule('keep_logs', '5 * * * *', null)")
    assert value(c, "select count(*) from sync.open_alerts") == 0
