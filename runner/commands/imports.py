"""Bring what a shop has into the database: its catalogue, its stock; and what only it has into the warehouse."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

import click

from runner.catalog.insertion import INSERT
from runner.commands import show
from runner.commands.core import Command, Group, execute, limit_option
from runner.commands.sync import able_shops
from runner.commands.watch import finished, operator
from runner.config import Settings
from runner.db import Database
from runner.db import mirror as db
from runner.db import runs as db_runs
from runner.db.core import Row
from runner.errors import InvalidInput

COLUMNS = ("sku", "title", "price", "problem")


@click.group("import", cls=Group)
def mirror() -> None:
    """Bring what the shops have into the database, as it is: remote_products, remote_variants, remote_levels."""


def common(command: Command) -> Command:
    """The options that both take."""
    command = click.option("--detach", is_flag=True, help="Only ask for it, and do not wait for its end.")(command)
    return click.option("--shop", "domain", help="Only this shop.")(command)


@mirror.command()
@common
@click.option("--insert", is_flag=True, help="Show what would be made in the warehouse of what only the shop has.")
@click.option("--plan", "fingerprint", metavar="FINGERPRINT", help="With --insert: make it, as was shown.")
@limit_option
@click.pass_obj
def products(
    settings: Settings, domain: str | None, detach: bool, insert: bool, fingerprint: str | None, limit: int
) -> None:
    """Read the shops' whole catalogues, and list what only they have.

    With --insert, say what products would be made in the warehouse, by the statement of the mapping; nothing is made
    until it is said again with the plan's fingerprint.
    """
    if fingerprint is not None and not insert:
        raise InvalidInput("--plan goes with --insert.")

    async def work() -> int:
        async with Database.open(settings.database_url, size=4, timeout=settings.connect_timeout) as database:
            shops = await able_shops(database, domain)
            if insert:
                if not await db.can_insert(database):
                    raise InvalidInput("The mapping lets no product be made in the warehouse.", remedy=INSERT)
                if len(shops) != 1:
                    raise InvalidInput(f"There are {len(shops)} shops.", remedy="Name one with --shop DOMAIN.")
                if fingerprint is None:
                    _planned(
                        await db.insertable(database, shops[0].id, limit),
                        await db.count_remote_only(database, shops[0].id),
                        await db.insertable_fingerprint(database, shops[0].id),
                    )
                    return 0
            kind = "insert_products" if insert else "import_products"
            args: Mapping[str, Any] = {"fingerprint": fingerprint} if insert else {}
            asked = [await db_runs.queue_run(database, shop.id, kind, args, operator()) for shop in shops]
            return await finished(settings, database, asked, detach=detach)

    sys.exit(execute(work()))


@mirror.command()
@common
@click.pass_obj
def levels(settings: Settings, domain: str | None, detach: bool) -> None:
    """Read the shops' variants with their stock at every location; nothing is compared."""

    async def work() -> int:
        async with Database.open(settings.database_url, size=4, timeout=settings.connect_timeout) as database:
            shops = await able_shops(database, domain)
            asked = [await db_runs.queue_run(database, shop.id, "import_levels", {}, operator()) for shop in shops]
            return await finished(settings, database, asked, detach=detach)

    sys.exit(execute(work()))


def _planned(rows: list[Row], counts: Mapping[str, int], fingerprint: str) -> None:
    show.rows(rows, COLUMNS, as_json=False, empty="The warehouse has all that the shop has.")
    click.echo(f"{counts['unmatched']:,} variants only the shop has; {counts['insertable']:,} would be made.")
    if counts["insertable"]:
        click.echo(f"To make them: shelfwire import products --insert --plan {fingerprint}")
