"""The running system judged by its own tables: who works, how far behind it is, what is in its way."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import timedelta

from runner.db import Database, inventory, reports
from runner.db import alerts as db_alerts
from runner.db import vitals as db
from runner.db import writers as db_writers
from runner.db.core import Row
from runner.engine.cron import next_run
from runner.errors import InvalidInput

LATE, TOO_LATE = timedelta(minutes=1), timedelta(minutes=10)
# A runner that has nothing to do says so every second or so.
SILENT = timedelta(seconds=15)
# A snapshot older than this lets dead rows pile up.
SNAPSHOT_SECONDS = 300
VERIFIED_DAYS = 30
HEADROOM = 0.1
# More findings of one kind say nothing new.
MANY = 10

OK, WARNING, FAILED = "ok", "warning", "failed"


@dataclass(frozen=True)
class Finding:
    """The answer to one check: ``state`` is ok, warning or failed; ``remedy`` is what a person can do."""

    check: str
    state: str
    message: str
    remedy: str | None = None


Check = Callable[[Database], AsyncIterator[Finding]]


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
            f"A runner is connected, but its relay has been silent for {_age(silent_for)}.",
            "It is frozen, or waits for Postgres: read its log, then start it again.",
        )  # fmt: skip
    else:
        yield Finding("runner", OK, f"{_count(len(found), 'runner')} listening.")


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
            f"Lane {lane['lane']} of {lane['shop']} has {_count(lane['pending'], 'product')} pending and has not been "
            "worked on for a minute.",
            "Run: shelfwire pending. A job that waits for its next try names the time; otherwise restart the runner.",
        )  # fmt: skip
    if not silent:
        yield Finding("lanes", OK, "Every lane with work was worked on within the last minute.")


async def vacuum(database: Database) -> AsyncIterator[Finding]:
    """Does something keep vacuum from its work?"""
    held = await db.open_snapshots(database, SNAPSHOT_SECONDS)
    for snapshot in held:
        since = "" if snapshot["held_for"] is None else f", open for {_age(snapshot['held_for'])}"
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
                f"{left}, and throttled {_count(budget['throttled'], 'call')} within ten minutes.",
                "Something else calls with the same app's token: give it an app of its own.",
            )  # fmt: skip
        elif budget["points"] < HEADROOM * budget["capacity"]:
            yield Finding(
                "budget", WARNING, f"{left}.",
                "Nothing to do while a backlog drains. If it lasts: select * from sync.sync_statistics",
            )  # fmt: skip
        else:
            yield Finding("budget", OK, f"{left}; {budget['restore_rate']:,.0f} come back each second.")


async def refusals(database: Database) -> AsyncIterator[Finding]:
    """Does something need a person?"""
    found = await db.refusals(database)
    if found:
        classes = ", ".join(f"{r['refusals']:,} {r['class']}" for r in found)
        yield Finding("refusals", WARNING, f"Refused: {classes}.", "Run: shelfwire refusals list")
    else:
        yield Finding("refusals", OK, "Nothing is refused.")


async def shops(database: Database) -> AsyncIterator[Finding]:
    """Is every shop verified and linked?"""
    found, now = await reports.health(database), await database.now()
    for row in found:
        shop, verified_for = row["shop"], row["verified_at"] and now - row["verified_at"]
        if row["linked_at"] is None:
            yield Finding("shops", FAILED, f"{shop} was never linked: nothing is sent to it.", "Run: shelfwire link")
        elif verified_for is None or verified_for.days > VERIFIED_DAYS:
            when = "was never verified" if verified_for is None else f"was last verified {verified_for.days} days ago"
            yield Finding("shops", WARNING, f"{shop} {when}.", f"Run: shelfwire shop verify {shop}")
        else:
            yield Finding("shops", OK, f"{shop} is linked, and was verified within {VERIFIED_DAYS} days.")
    if not found:
        yield Finding("shops", WARNING, "There is no shop yet.", "Run: shelfwire shop add DOMAIN")


async def locations(database: Database) -> AsyncIterator[Finding]:
    """Is it decided, for every linked shop, where the stock of each location of the warehouse is shown?"""
    found = await inventory.unmapped_locations(database)
    for row in found[:MANY]:
        yield Finding("locations", WARNING, row["message"], row["remedy"])
    if more := found[MANY:]:
        yield Finding(
            "locations", WARNING,
            f"{_count(len(more), 'more location')} of the warehouse that nobody has said where to show.",
            f"Run: shelfwire shop map {more[0]['shop']}, and with --rest LOCATION to decide on all.",
        )  # fmt: skip
    if not found:
        yield Finding(
            "locations", OK, "Every location of the warehouse is shown in every linked shop, or nowhere by choice."
        )


async def flow(database: Database) -> AsyncIterator[Finding]:
    """Is every live shop written to?"""
    for row in await reports.health(database):
        shop = row["shop"]
        if row["linked_at"] is None:
            continue  # The check shops tells of it.
        if row["mode"] != "live":
            waits = "changes wait" if row["mode"] == "off" else "what would be is in sync.shadow_levels"
            yield Finding("flow", OK, f"{shop} is in mode {row['mode']}: nothing is written to it, {waits}.")
        elif row["held_reason"]:
            yield Finding(
                "flow", FAILED, f"{shop} is held: {row['held_reason']}",
                f"Run: shelfwire guard show, and if it is right: shelfwire guard release {shop}",
            )  # fmt: skip
        elif row["refused_documents"]:
            yield Finding(
                "flow", FAILED, f"{shop} is held: {row['refused_documents']}",
                "It is tried again and again. Run: shelfwire alerts list",
            )  # fmt: skip
        elif row["circuit"] != "closed":
            yield Finding(
                "flow", FAILED, f"{shop} fails every call, so its jobs wait: {row['circuit_reason']}",
                "Nothing to do if Shopify has an outage: it is probed again and again. Otherwise remove the reason.",
            )  # fmt: skip
        else:
            yield Finding("flow", OK, f"{shop} is live.")


async def writers(database: Database) -> AsyncIterator[Finding]:
    """Is every live shop written to from here, and from nowhere else?"""
    for row in await db_writers.writers(database):
        shop, is_live = row["shop"], row["mode"] == "live"
        adopt = f"If this is to be the one that writes, run: shelfwire shop adopt {shop}"
        if row["other"]:
            name, where = row["other"].get("installation"), row["other"].get("database")
            other = f"Another installation of Shelfwire writes to {shop}: {name}, from the database {where}."
            yield Finding("writers", FAILED, other, adopt)
        elif row["stops"] == "copy":
            copy = f"This database is a copy of the one that writes to {shop}: it writes nothing there."
            yield Finding("writers", FAILED, copy, adopt)
        elif is_live and row["stops"] == "unconfirmed":
            doubt = (
                f"It is not certain that nobody else writes to {shop}, so nothing is: {row['error'] or 'nobody asks.'}"
            )
            yield Finding("writers", FAILED, doubt, "See that a runner runs: it asks the shop every few seconds.")
        elif is_live and row["stops"] == "unread":
            old = f"What is known of {shop} is older than the shop: all is read before more is written."
            yield Finding("writers", WARNING, old, "A runner reads it. At once: shelfwire reconcile inventory")
        elif is_live:
            yield Finding("writers", OK, f"{shop} is written to from here and from nowhere else.")


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
            f"{alert['rule']}, open for {_age(alert['open_for'])}: {alert['message']}", alert["remedy"],
        )  # fmt: skip
    if not found:
        yield Finding("alerts", OK, "No other alert is open.")
    undelivered = await db_alerts.undelivered(database)
    for row in undelivered:
        yield Finding(
            "deliveries", WARNING,
            f"{_count(row['deliveries'], 'message')} of {row['rule']} did not arrive by {row['sink']}: {row['error']}",
            f"Correct the sink with shelfwire alerts set {row['rule']}, then run: shelfwire alerts test {row['rule']}",
        )  # fmt: skip
    if not undelivered:
        yield Finding("deliveries", OK, "Every alert of the last day arrived, or is on its way.")


CHECKS: tuple[Check, ...] = (
    waking, runner, backlog, lanes, vacuum, budgets, refusals, shops, locations, writers, flow, upkeep, alerts,
)  # fmt: skip


def _waiting(check: str, count: int, oldest: timedelta | None, noun: str, state: str, remedy: str) -> Finding:
    if not count or oldest is None:
        return Finding(check, OK, f"No {noun} is {state}.")
    message = f"{_count(count, noun)} {state}, the oldest for {_age(oldest)}."
    if oldest <= LATE:
        return Finding(check, OK, message)
    return Finding(check, FAILED if oldest > TOO_LATE else WARNING, message, remedy)


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _age(lasting: timedelta) -> str:
    seconds = lasting.total_seconds()
    for unit, length in (("day", 86_400), ("hour", 3600), ("minute", 60)):
        if seconds >= length:
            return _count(int(seconds / length), unit)
    return _count(max(0, int(seconds)), "second")
