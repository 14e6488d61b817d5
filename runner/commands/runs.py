"""Runs: what was asked for, how far it is, what came of it."""

from __future__ import annotations

import sys

import click

from runner.commands import show
from runner.commands.core import Group, ask, json_option, limit_option
from runner.commands.watch import operator, watch
from runner.config import Settings
from runner.db import Database, reports, vitals
from runner.db import runs as db
from runner.errors import InvalidInput

SEE = "See: shelfwire runs list"
COLUMNS = (
    "id", "kind", "shop", "requested_by", "stage", "waits_for", "started_at", "finished_at", "done", "total", "failed",
    "written", "error",
)  # fmt: skip
number = click.argument("number", type=int, metavar="ID")


@click.group(cls=Group, invoke_without_command=True)
@limit_option
@json_option
@click.pass_context
def runs(context: click.Context, limit: int, as_json: bool) -> None:
    """Longer pieces of work: linking, reconciling, passes over all, plans, going live, undoing. Alone it lists them."""
    if context.invoked_subcommand is None:
        _list(context.obj, limit, as_json=as_json)


@runs.command("list")
@limit_option
@json_option
@click.pass_obj
def list_runs(settings: Settings, limit: int, as_json: bool) -> None:
    """List runs, newest first."""
    _list(settings, limit, as_json=as_json)


def _list(settings: Settings, limit: int, *, as_json: bool) -> None:
    found = ask(settings, lambda database: reports.runs(database, limit))
    show.rows(found, COLUMNS, as_json=as_json, empty="Nothing has run yet.")


@runs.command("show")
@number
@limit_option
@json_option
@click.pass_obj
def show_run(settings: Settings, number: int, limit: int, as_json: bool) -> None:
    """Show run ID whole: who asked for what, how it works, what came of it, and which keys have failed."""

    async def work(database: Database) -> tuple[dict[str, object] | None, list[dict[str, object]]]:
        return await db.run_status(database, number), await db.run_failures(database, number, limit)

    found, failures = ask(settings, work)
    if found is None:
        raise InvalidInput(f"There is no run {number}.", remedy=SEE)
    if as_json:
        click.echo(show.dump({**found, "failures": failures}))
        return
    for name, value in found.items():
        if value is not None:
            show.say(f"{name.replace('_', ' ')}: {show.dump(value) if isinstance(value, dict) else show.cell(value)}")
    if failures:
        click.echo()
        show.console().print(show.table(failures, ("kind", "sku", "key", "part", "class", "message")))


@runs.command()
@number
@click.pass_obj
def cancel(settings: Settings, number: int) -> None:
    """End run ID: it looks at nothing more and waits for nothing more.

    What it has found to differ goes out as any change does, and what is in flight ends.
    """
    state = ask(settings, lambda database: db.cancel_run(database, number))
    if state is None:
        raise InvalidInput(f"There is no run {number} that waits or is at work.", remedy=SEE)
    click.echo(f"Run {number} is cancelled." if state == "cancelled" else f"Run {number} is told to end.")


@runs.command()
@number
@click.pass_obj
def resume(settings: Settings, number: int) -> None:
    """Let run ID, which has failed or was cancelled, go on where it was; or anew, if it began more than an hour ago."""
    queued = ask(settings, lambda database: db.resume_run(database, number, operator()))
    if queued is None:
        raise InvalidInput(f"There is no run {number} that a runner could go on with.", remedy=SEE)
    said = f"Run {number} goes on" if queued == number else f"Run {queued} is asked for in its place"
    click.echo(f"{said}. Watch it: shelfwire runs watch {queued}")


@runs.command("watch")
@number
@click.pass_obj
def watch_run(settings: Settings, number: int) -> None:
    """Show how far run ID is until it has ended. Ctrl-C asks whether to cancel it or only to stop watching."""

    async def work(database: Database) -> int:
        if await db.run_status(database, number) is None:
            raise InvalidInput(f"There is no run {number}.", remedy=SEE)
        if not await vitals.runners(database):
            click.echo("No runner is at work: it waits for one. Run: shelfwire run", err=True)
        return await watch(database, [number])

    sys.exit(ask(settings, work))
