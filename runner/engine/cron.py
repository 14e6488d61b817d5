"""When a schedule runs: cron expressions, in UTC."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from croniter import CroniterBadDateError, CroniterError, croniter

from runner.errors import InvalidInput

# What a schedule asks of all shops begins within this time, and within half of the time until it comes again.
LONGEST_SPAN = timedelta(hours=1)

EXAMPLE = 'For example: "*/15 * * * *"'


def next_run(expression: str) -> datetime:
    """When it comes next.

    Raises:
        InvalidInput: it is no cron expression, or its time never comes.
    """
    try:
        # PgQueuer goes by these fields, whatever was written.
        fields = " ".join(croniter(expression).expressions)
        found: datetime = croniter(fields, start_time=datetime.now(UTC)).get_next(datetime)
    except CroniterBadDateError as error:
        raise InvalidInput(f"{expression!r} never comes: there is no such date.", remedy=EXAMPLE) from error
    except CroniterError as error:
        raise InvalidInput(f"{expression!r} is no cron expression.", remedy=EXAMPLE) from error
    return found


def span(expression: str) -> timedelta:
    """Within which time what it asks of all shops begins, now that it has come.

    Raises:
        InvalidInput: as `next_run`.
    """
    return min(LONGEST_SPAN, (next_run(expression) - datetime.now(UTC)) / 2)
