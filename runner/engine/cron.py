"""When a schedule runs: cron expressions, in UTC."""

from __future__ import annotations

from datetime import UTC, datetime

from croniter import CroniterBadDateError, CroniterError, croniter

from runner.errors import InvalidInput

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
