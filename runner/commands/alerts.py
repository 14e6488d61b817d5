"""Alerts, their rules and sinks, and what happened."""

from __future__ import annotations

import re
import sys
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import click

from runner.alerts.hooks import Local, Unfit, place_of
from runner.alerts.sinks import Sinks
from runner.commands import show
from runner.commands.core import Group, ask, execute, json_option, limit_option
from runner.config import Settings
from runner.db import Database
from runner.db import alerts as db
from runner.db.alerts import Delivery
from runner.db.core import Row
from runner.errors import InvalidInput

UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}


@click.group(cls=Group)
def alerts() -> None:
    """What a person should know, and who is told."""


@alerts.command("list")
@click.option("--all", "everything", is_flag=True, help="Also those that are cleared, newest first.")
@click.option("--shop", "domain", help="Only this shop.")
@limit_option
@json_option
@click.pass_obj
def list_(settings: Settings, everything: bool, domain: str | None, limit: int, as_json: bool) -> None:
    """List open alerts, the most serious first, each with what to do about it."""
    if everything:
        found = ask(settings, lambda database: db.history(database, domain, limit))
        columns = ("shop", "rule", "severity", "subject", "message", "raised_at", "cleared_at", "times", "error")
    else:
        found = ask(settings, lambda database: db.open_alerts(database, domain))[:limit]
        columns = ("shop", "rule", "severity", "subject", "message", "remedy", "raised_at", "last_at", "times")
    show.rows(found, columns, as_json=as_json, empty="No alert is open." if not everything else "There was none.")


@alerts.command()
@json_option
@click.pass_obj
def rules(settings: Settings, as_json: bool) -> None:
    """List what is an alert and who is told. Of a webhook only the host is shown: the rest is often a secret."""
    found = [{**row, "webhook_url": _host(row["webhook_url"])} for row in ask(settings, db.rules)]
    columns = ("rule", "severity", "description", "is_enabled", "threshold", "webhook_url", "email", "open")
    show.rows(found, columns, as_json=as_json, empty="There are none.")


@alerts.command("set")
@click.argument("rule")
@click.option("--webhook", metavar="URL", help="POST there.")
@click.option("--no-webhook", is_flag=True)
@click.option("--email", metavar="ADDRESS", help="Write there; needs SHELFWIRE_SMTP_URL in the runner's environment.")
@click.option("--no-email", is_flag=True)
@click.option("--enable/--disable", "is_enabled", default=None)
@click.option("--threshold", type=click.IntRange(0), help="The number that the rule's description speaks of.")
@click.pass_obj
def set_(
    settings: Settings,
    rule: str,
    webhook: str | None,
    no_webhook: bool,
    email: str | None,
    no_email: bool,
    is_enabled: bool | None,
    threshold: int | None,
) -> None:
    """Change who is told of RULE, when it is an alert, or whether it is one."""
    given: dict[str, Any] = {"is_enabled": is_enabled, "threshold": threshold, "webhook_url": webhook, "email": email}
    changes = {name: value for name, value in given.items() if value is not None}
    for name, value, absent in (("webhook_url", webhook, no_webhook), ("email", email, no_email)):
        if absent and value is not None:
            raise InvalidInput("A sink is either given or taken away.")
        changes |= {name: None} if absent else {}
    if not changes:
        raise InvalidInput("Say what to change: --webhook, --email, --enable, --disable or --threshold.")
    if webhook is not None and not _is_address(webhook):
        raise InvalidInput("The webhook is no address: it looks like https://host/path.")
    if webhook is not None:
        execute(_check(webhook, local=settings.alert_local_webhooks))
    if email is not None and not re.fullmatch(r"[^@\s,;<>]+@[^@\s,;<>]+", email):
        raise InvalidInput("The e-mail address looks like name@example.com, one at a time.")

    async def work(database: Database) -> None:
        row = await db.rule(database, rule)
        if threshold is not None and row["threshold"] is None:
            raise InvalidInput(f"The rule {rule} has no threshold.")
        await db.set_rule(database, {**row, **changes})

    ask(settings, work)
    click.echo(f"{rule} is changed. To see whether its sinks work, run: shelfwire alerts test {rule}")


@alerts.command()
@click.argument("rule")
@click.pass_obj
def test(settings: Settings, rule: str) -> None:
    """Send a test to the sinks of RULE now, from here, and say what came of it."""

    async def work() -> bool:
        async with Database.open(settings.database_url, size=1, timeout=settings.connect_timeout) as database:
            row = await db.rule(database, rule)
        there = [(sink, row[column]) for sink, column in (("webhook", "webhook_url"), ("email", "email"))]
        there = [(sink, address) for sink, address in there if address]
        if not there:
            raise InvalidInput(f"{rule} has no sink.", remedy=f"Run: shelfwire alerts set {rule} --webhook URL")
        failed = False
        async with Sinks.open(settings) as sinks:
            for sink, address in there:
                error = await sinks.send(_test_of(row, sink, address))
                click.echo(f"{sink}: {error or 'delivered.'}")
                failed = failed or error is not None
        return failed

    sys.exit(1 if execute(work()) else 0)


@click.command()
@click.option("--shop", "domain", help="Only this shop.")
@click.option("--kind", help="Only this kind, such as circuit_opened.")
@click.option("--since", metavar="AGE", help="Only so old: 90s, 15m, 1h, 7d.")
@limit_option
@json_option
@click.pass_obj
def events(
    settings: Settings, domain: str | None, kind: str | None, since: str | None, limit: int, as_json: bool
) -> None:
    """List what happened, newest first: circuits, runs, alerts, shops, schedules, retried refusals."""
    age = re.fullmatch(r"(\d{1,6})([smhd])", since) if since else None
    if since and not age:
        raise InvalidInput(f"{since!r} is no age.", remedy="For example: 90s, 15m, 1h or 7d.")
    seconds = int(age[1]) * UNITS[age[2]] if age else None
    show.rows(
        ask(settings, lambda database: db.events(database, domain, kind, seconds, limit)),
        ("at", "shop", "kind", "subject", "message"),
        as_json=as_json,
        empty="Nothing happened.",
    )


def _test_of(rule: Row, sink: str, address: str) -> Delivery:
    return Delivery(
        0, 1, sink, address, "test", rule["rule"], rule["severity"], None, "", "This is a test.",
        "There is nothing to do.", {}, datetime.now(UTC), 1,
    )  # fmt: skip


async def _check(webhook: str, *, local: bool) -> None:
    """See that a message may be sent there; a host that is not known from here may be from where the runner is."""
    try:
        await place_of(webhook, local=local)
    except Local as error:
        raise InvalidInput(str(error)) from error
    except Unfit:
        pass


def _is_address(text: str) -> bool:
    try:
        url = urlsplit(text)
        return url.scheme in ("http", "https") and bool(url.hostname) and url.port != 0
    except ValueError:
        return False


def _host(url: str | None) -> str | None:
    return f"{urlsplit(url).scheme}://{urlsplit(url).hostname}/..." if url else None
