"""What waits for a person."""

from __future__ import annotations

from collections.abc import Sequence

import click

from runner.commands import show
from runner.commands.core import Group, ask, json_option, limit_option
from runner.config import Settings
from runner.db import Database
from runner.db import tasks as db
from runner.errors import InvalidInput


@click.group(cls=Group)
def tasks() -> None:
    """What only a person can put right."""


@tasks.command("list")
@click.option("--shop", "domain", help="Only this shop.")
@limit_option
@json_option
@click.pass_obj
def list_(settings: Settings, domain: str | None, limit: int, as_json: bool) -> None:
    """List open tasks, oldest first, each with what to do about it."""
    show.rows(
        ask(settings, lambda database: db.open_tasks(database, domain, limit)),
        ("id", "shop", "kind", "subject", "message", "remedy", "opened_at"),
        as_json=as_json,
        empty="Nothing is to be done.",
    )


@tasks.command()
@click.argument("numbers", nargs=-1, required=True, type=int, metavar="NUMBER...")
@click.option("--by", default="command line", show_default=True, help="Who has done it.")
@click.option("--note", help="What was done, for those who ask later.")
@click.pass_obj
def done(settings: Settings, numbers: Sequence[int], by: str, note: str | None) -> None:
    """Say that tasks are done. What a check still finds wrong after that becomes a new task."""

    async def work(database: Database) -> list[int]:
        return [number for number in numbers if not await db.finish_task(database, number, by, note)]

    if unknown := ask(settings, work):
        raise InvalidInput(
            f"No open task has this number: {', '.join(map(str, unknown))}.", remedy="Run: shelfwire tasks list"
        )
    click.echo(f"{len(numbers):,} {'task is' if len(numbers) == 1 else 'tasks are'} done.")
