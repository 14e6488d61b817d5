"""The running system judged by its own tables: who works, how far behind it is, what is in its way."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

from runner.db import Database, reports
from runner.db import alerts as db_alerts
from runner.db import vitals as db
from runner.db.core import Row
from runner.engine.cron import next_run
from runner.errors import InvalidInput
from runner.health.finding import FAILED, OK, WARNING, Finding, age, counted

LATE, TOO_LATE = timedelta(minutes=1), timedelta(minutes=10)
# A runner that has nothing to do says so every second or so.
SILENT = timedelta(seconds=15)
# A snapshot older than this lets dead rows pile up.
SNAPSHOT_SECONDS = 300
HEADROOM = 0.1


async def waking(database: Database) -> AsyncIterator[Finding]:
    """Is a runner that sleeps notified of changes, or must it look by itself?"""
    found = await db.notifying(database)
    if not found["has_room"]:
        yield Finding(
            "waking", WARNING,
            f"The notification queue is {found['used']:.0%} full: runners look for changes 50 times a second, and for "
            "jobs once a second, instead of being notified.",
            "A session listens and keeps its transaction open; the server's log names it beside 'NOTIFY queue is'. End "
            "it: once the queue is full, whoever else notifies fails.",
        )  # fmt: skip
    elif found["prepared"]:
        yield Finding(
            "waking", OK,
            f"Prepared transactions are possible (max_prepared_transactions is {found['prepared']}): runners look for "
            "changes 50 times a second instead of being notified.",
        )  # fmt: skip
    else:
        yield Finding("waking", OK, "A runner that sleeps is notified of changes.")


async def runner(database: Database) -> AsyncIterator[Finding]:
    """Is a runner alive, and would a notification reach it?"""
    found = await db.runners(database)
    trouble = next((r["trouble"] for r in found if r["trouble"]), None)
    silent_for = (await db.backlog(database))["relay_silent_for"]
    if not found:
        yield Finding(
            "runner", FAILED, "No runner listens: changes are kept, but nothing is sent.", "Run: shelfwire run"
        )
    elif trouble:
        yield Finding(
            "runner", FAILED,
            f"A runner waits: {trouble}. Changes are kept, but nothing is sent.",
            "Its log says why, with the remedy, at postgres.awaited. It goes on by itself.",
        )  # fmt: skip
    elif silent_for is not None and silent_for > SILENT:
        yield Finding(
            "runner", FAILED,
            f"A runner is connected, but its relay has been silent for {age(silent_for)}.",
            "It is frozen, or waits for Postgres: read its log, then start it again.",
        )  # fmt: skip
    else:
        yield Finding("runner", OK, f"{counted(len(found), 'runner')} listening.")


async def backlog(database: Database) -> AsyncIterator[Finding]:
    """How old is what is not acknowledged yet?"""
    found = await db.backlog(database)
    yield _waiting(
        "queue", found["queued"], found["queued_for"], "change", "not relayed yet",
        "The relay of a runner takes them: see check runner, and the runner's log for postgres.awaited.",
    )  # fmt: skip
    yield _waiting(
        "pending", found["pending"], found["pending_for"], "product", "not acknowledged by Shopify yet",
        "Run: shelfwire pending, and shelfwire why SKU for the oldest. A large backlog drains at the speed of the "
        "budget.",
    )  # fmt: skip


async def lanes(database: Database) -> AsyncIterator[Finding]:
    """Does every lane with work get it done?"""
    silent = await db.silent_lanes(database)
    for lane in silent:
        yield Finding(
            "lanes", WARNING,
            f"Lane {lane['lane']} of {lane['shop']} has {counted(lane['pending'], 'product')} pending and has not been "
            "worked on for a minute.",
            "Run: shelfwire pending. A job that waits for its next try names the time; otherwise restart the runner.",
        )  # fmt: skip
    if not silent:
        yield Finding("lanes", OK, "Every lane with work was worked on within the last minute.")


async def vacuum(database: Database) -> AsyncIterator[Finding]:
    """Does something keep vacuum from its work?"""
    held = await db.open_snapshots(database, SNAPSHOT_SECONDS)
    for snapshot in held:
        since = "" if snapshot["held_for"] is None else f", open for {age(snapshot['held_for'])}"
        yield Finding(
            "vacuum", WARNING,
            f"{snapshot['what']} holds back vacuum by {snapshot['transactions']:,} transactions{since}.",
            "End it if it was forgotten: tables that change fast grow and become slow meanwhile.",
        )  # fmt: skip
    if not held:
        yield Finding("vacuum", OK, "No transaction that this role can see holds back vacuum.")


async def budgets(database: Database) -> AsyncIterator[Finding]:
    """Is there room in each shop's cost budget?"""
    for budget in await db.budgets(database):
        left = f"{budget['shop']} has {budget['points']:,.0f} of {budget['capacity']:,.0f} points left"
        if budget["throttled"]:
            yield Finding(
                "budget", WARNING,
                f"{left}, and throttled {counted(budget['throttled'], 'call')} within ten minutes.",
                "Something else calls with the same app's token: give it an app of its own.",
            )  # fmt: skip
        elif budget["points"] < HEADROOM * budget["capacity"]:
            yield Finding(
                "budget", WARNING, f"{left}.",
                "Nothing to do while a backlog drains. If it lasts: select * from sync.sync_statistics",
            )  # fmt: skip
        else:
            yield Finding("budget", OK, f"{left}; {budget['restore_rate']:,.0f} come back each second.")


async def upkeep(database: Database) -> AsyncIterator[Finding]:
    """Do the schedules run, and is the change log ready for tomorrow?"""
    if await db.has_log_partition(database):
        yield Finding("partitions", OK, "The change log has its partition for tomorrow.")
    else:
        yield Finding(
            "partitions", WARNING, "The change log has no partition for tomorrow.",
            "The schedule keep_logs makes it: see that a runner runs, or: select sync.keep_log_partitions()",
        )  # fmt: skip
    found = [finding for s in await reports.schedules(database) if (finding := _of_schedule(s))]
    for finding in found or [Finding("schedules", OK, "Every schedule comes, and none failed when it last ran.")]:
        yield finding


def _of_schedule(schedule: Row) -> Finding | None:
    name = schedule["name"]
    try:
        if schedule["is_enabled"]:
            next_run(schedule["expression"])
    except InvalidInput as error:
        remedy = f'Say when it is to run: shelfwire schedules set {name} "*/15 * * * *"'
        return Finding("schedules", FAILED, f"{name} never runs: {error.message}", remedy)
    if schedule["last_error"]:
        words = f"{name} failed when it last ran: {schedule['last_error']}"
        return Finding("schedules", WARNING, words, "Remove the cause; it runs again by itself.")
    return None


async def alerts(database: Database) -> AsyncIterator[Finding]:
    """Is an alert open, and were people told?"""
    # The checks flow, writers and locations tell of these already.
    told = ("guard_held", "circuit_open", "unmapped_location", "other_writer", "levels_unread")
    found = [a for a in await db_alerts.open_alerts(database) if a["rule"] not in told]
    for alert in found:
        yield Finding(
            "alerts", FAILED if alert["severity"] == "critical" else WARNING,
            f"{alert['rule']}, open for {age(alert['open_for'])}: {alert['message']}", alert["remedy"],
        )  # fmt: skip
    if not found:
        yield Finding("alerts", OK, "No other alert is open.")
    undelivered = await db_alerts.undelivered(database)
    for row in undelivered:
        yield Finding(
            "deliveries", WARNING,
            f"{counted(row['deliveries'], 'message')} of {row['rule']} did not arrive by {row['sink']}: {row['error']}",
            f"Correct the sink with shelfwire alerts set {row['rule']}, then run: shelfwire alerts test {row['rule']}",
        )  # fmt: skip
    if not undelivered:
        yield Finding("deliveries", OK, "Every alert of the last day arrived, or is on its way.")


def _waiting(check: str, count: int, oldest: timedelta | None, noun: str, state: str, remedy: str) -> Finding:
    if not count or oldest is None:
        return Finding(check, OK, f"No {noun} is {state}.")
    message = f"{counted(count, noun)} {state}, the oldest for {age(oldest)}."
    if oldest <= LATE:
        return Finding(check, OK, message)
    return Finding(check, FAILED if oldest > TOO_LATE else WARNING, message, remedy)
