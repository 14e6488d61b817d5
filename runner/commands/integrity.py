"""What is wrong in the shops, and what can be put right."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from itertools import groupby

import click

from runner.commands import show
from runner.commands.core import execute, json_option
from runner.commands.sync import able_shops
from runner.commands.watch import finished, operator
from runner.config import Settings
from runner.db import Database
from runner.db import integrity as db
from runner.db import runs as db_runs
from runner.db.core import Row
from runner.db.shops import Shop
from runner.integrity.check import Integrity

COLUMNS = ("shop", "check_name", "name", "message", "remedy", "task", "first_seen_at")
HEADINGS = {"error": "Errors", "warning": "Warnings", "info": "To know"}


@click.command()
@click.option("--fix", is_flag=True, help="Put right what is safe, and make a task of what is not.")
@click.option("--shop", "domain", help="Only this shop.")
@click.option(
    "--limit", default=20, show_default=True, type=click.IntRange(1), help="Issues of each check to show at most."
)
@json_option
@click.pass_obj
def integrity(settings: Settings, fix: bool, domain: str | None, limit: int, as_json: bool) -> None:
    """Read the shops anew and look for what is wrong in them; exit code 1 if there are errors.

    What is put right goes the way of every change: a runner sends it to a live shop, and the next check finds it right.
    """

    async def work() -> tuple[int, list[Row]]:
        async with Database.open(settings.database_url, size=4, timeout=settings.connect_timeout) as database:
            shops = await able_shops(database, domain)
            args = {"fix": True} if fix else {}
            asked = [await db_runs.queue_run(database, shop.id, "integrity", args, operator()) for shop in shops]
            ended = await finished(settings, database, asked, quietly=True)
            for shop, run_id in zip(shops, asked, strict=True):
                run = await db_runs.run_status(database, run_id)
                assert run is not None
                if run["state"] != "succeeded":
                    show.say(f"shelfwire: {shop.domain}: {run['error'] or run['state']}", err=True)
                elif not as_json:
                    _checked(shop, Integrity(**{n: run["result"][n] for n in Integrity._fields}), fix=fix)
            return ended, await db.issues(database, domain, limit)

    ended, rows = execute(work())
    if as_json:
        click.echo(show.dump(rows))
    else:
        _listed(rows)
    sys.exit(ended or int(any(row["severity"] == "error" for row in rows)))


def _checked(shop: Shop, done: Integrity, *, fix: bool) -> None:
    click.echo(f"{shop.domain}: {done.found:,} issues, {done.opened:,} of them new; {done.ended:,} have ended.")
    if fix:
        where = "" if shop.mode == "live" else f"; nothing is written in mode {shop.mode}"
        click.echo(f"  {done.repaired:,} are put right by the runner{where}; {done.tasks:,} tasks are new.")
        click.echo("  What waits for a person: shelfwire tasks list")


def _listed(rows: Sequence[Row]) -> None:
    for severity, some in groupby(rows, key=lambda row: row["severity"]):
        found = list(some)
        show.say("", HEADINGS[severity])
        show.console().print(show.table(found, COLUMNS))
        last = {(row["shop"], row["check_name"]): row for row in found}
        for (shop, check), row in last.items():
            if row["number"] < row["of"]:
                show.say(f"... and {row['of'] - row['number']:,} more of {check} in {shop}.")
