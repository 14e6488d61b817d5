"""What is wrong in the shops, and what can be put right."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from itertools import groupby

import click

from runner.commands import show
from runner.commands.core import execute, json_option
from runner.commands.shop import open_shops
from runner.commands.watch import result_of
from runner.config import Settings
from runner.db import integrity as db
from runner.db import shops as db_shops
from runner.db.core import Row
from runner.db.shops import Shop
from runner.errors import ShelfwireError
from runner.integrity.check import Integrity
from runner.shopify.shops import Shops

COLUMNS = ("shop", "check_name", "name", "message", "remedy", "task", "first_seen_at")
KIND = "integrity"
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
    failures: list[ShelfwireError] = []

    async def work() -> list[Row]:
        async with open_shops(settings) as shops:
            for found in await db_shops.shops(shops.db, domain):
                try:
                    done = await _check(shops, found, fix=fix)
                except ShelfwireError as error:
                    failures.append(error)
                    show.say(f"shelfwire: {found.domain}: {error}", err=True)
                    continue
                if not as_json:
                    _checked(found, done, fix=fix)
            return await db.issues(shops.db, domain, limit)

    rows = execute(work())
    if as_json:
        click.echo(show.dump(rows))
    else:
        _listed(rows)
    if failures:
        sys.exit(failures[0].exit_code)
    sys.exit(1 if any(row["severity"] == "error" for row in rows) else 0)


async def _check(shops: Shops, shop: Shop, *, fix: bool) -> Integrity:
    done = await result_of(shops, shop, KIND, {"fix": True} if fix else {}, "read")
    return Integrity(**{name: done[name] for name in Integrity._fields})


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
