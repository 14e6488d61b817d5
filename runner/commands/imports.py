"""Bring what a shop has into the database: its catalogue, its stock; and what only it has into the warehouse."""

from __future__ import annotations

import sys
from collections.abc import Mapping

import click

from runner.catalog.insertion import INSERT
from runner.commands import show
from runner.commands.core import Group, ask, limit_option
from runner.commands.sync import able_shops, run_options
from runner.commands.watch import finish_in
from runner.config import Settings
from runner.db import Database
from runner.db import mirror as db
from runner.db.core import Row
from runner.errors import InvalidInput

COLUMNS = ("sku", "title", "price", "problem")


@click.group("import", cls=Group)
def mirror() -> None:
    """Bring what the shops have into the database, as it is: remote_products, remote_variants, remote_levels."""


@mirror.command()
@run_options
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

    async def work(database: Database) -> int:
        shops = await able_shops(database, domain)
        if not insert:
            return await finish_in(settings, database, shops, "import_products", {}, detach=detach)
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
        args = {"fingerprint": fingerprint}
        return await finish_in(settings, database, shops, "insert_products", args, detach=detach)

    sys.exit(ask(settings, work))


@mirror.command()
@run_options
@click.pass_obj
def levels(settings: Settings, domain: str | None, detach: bool) -> None:
    """Read the shops' variants with their stock at every location; nothing is compared."""

    async def work(database: Database) -> int:
        shops = await able_shops(database, domain)
        return await finish_in(settings, database, shops, "import_levels", {}, detach=detach)

    sys.exit(ask(settings, work))


def _planned(rows: list[Row], counts: Mapping[str, int], fingerprint: str) -> None:
    show.rows(rows, COLUMNS, as_json=False, empty="The warehouse has all that the shop has.")
    click.echo(f"{counts['unmatched']:,} variants only the shop has; {counts['insertable']:,} would be made.")
    if counts["insertable"]:
        click.echo(f"To make them: shelfwire import products --insert --plan {fingerprint}")
