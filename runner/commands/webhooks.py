"""Webhooks as they came."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import click

from runner.commands import show
from runner.commands.core import Group, ask, json_option, limit_option
from runner.config import Settings
from runner.db import webhooks as db
from runner.errors import InvalidInput


@click.group(cls=Group)
def webhooks() -> None:
    """What shops have told."""


@webhooks.command()
@click.option("--shop", "domain", help="Only this shop.")
@click.option("--topic", help="Only this topic, such as orders/create.")
@click.option("--state", type=click.Choice(["waiting", "done", "kept", "refused"]), help="Only these.")
@limit_option
@json_option
@click.pass_obj
def inbox(
    settings: Settings, domain: str | None, topic: str | None, state: str | None, limit: int, as_json: bool
) -> None:
    """List webhooks, the newest first, without what they say of people."""
    show.rows(
        ask(settings, lambda database: db.inbox(database, domain, topic, state, limit)),
        ("id", "shop", "topic", "state", "message", "received_at", "handled_at", "bytes"),
        as_json=as_json,
        empty="No webhook has come.",
    )


@webhooks.command()
@click.argument("numbers", nargs=-1, type=int, metavar="[NUMBER]...")
@click.option("--topic", help="All of this topic, such as orders/create.")
@click.option("--since", type=click.DateTime(), help="All that came since then, in UTC.")
@click.option("--refused", is_flag=True, help="Only those that were refused.")
@click.pass_obj
def replay(
    settings: Settings, numbers: Sequence[int], topic: str | None, since: datetime | None, refused: bool
) -> None:
    """Hand webhooks to their subjects once more, by number, topic, time, or all that were refused."""
    if not (numbers or topic or since or refused):
        raise InvalidInput("Which webhooks is not said.", remedy="Name numbers, or give --topic, --since or --refused.")
    count = ask(
        settings,
        lambda database: db.replay_webhooks(
            database, list(numbers) or None, topic, since.replace(tzinfo=UTC) if since else None, refused=refused
        ),
    )
    click.echo(f"{count:,} {'webhook is' if count == 1 else 'webhooks are'} handed on again.")
