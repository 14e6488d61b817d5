"""Reconcile by hand what the runner reconciles by schedule."""

from __future__ import annotations

import click

from runner.commands.core import Group, ask, execute
from runner.commands.shop import open_shops
from runner.commands.watch import result_of
from runner.config import Settings
from runner.db import Database
from runner.db import runs as db_runs
from runner.db import shops as db
from runner.db.inventory import Comparison
from runner.db.shops import Shop

KIND = "reconcile_inventory"


@click.group(cls=Group)
def reconcile() -> None:
    """Compare with Shopify, and correct."""


@reconcile.command()
@click.option("--dry-run", is_flag=True, help="Note what is wrong and correct nothing.")
@click.option("--shop", "domain", help="Only this shop.")
@click.pass_obj
def inventory(settings: Settings, dry_run: bool, domain: str | None) -> None:
    """Compare every linked level with Shopify and correct what is wrong.

    A runner at work does it; without one this command does. An interrupted run is continued where it stopped.
    """

    async def work() -> None:
        async with open_shops(settings) as shops:
            for found in await db.shops(shops.db, domain):
                done = await result_of(shops, found, KIND, {"dry_run": True} if dry_run else {}, "variants read")
                names = Comparison._fields
                _reconciled(found, Comparison(**{n: done[n] for n in names}), dry_run=dry_run)

    execute(work())


@reconcile.command("set")
@click.argument("domain")
@click.argument("mode", type=click.Choice(["off", "flag", "fix"]))
@click.option("--kind", type=click.Choice(["inventory", "catalog"]), help="Only this kind; else both.")
@click.pass_obj
def set_correction(settings: Settings, domain: str, mode: str, kind: str | None) -> None:
    """Say what passes that a schedule asks for do about what the shop DOMAIN holds wrongly.

    off: they do not look. flag: they note it (shelfwire discrepancies). fix: they put it right, too.
    """

    async def work(database: Database) -> None:
        (found,) = await db.shops(database, domain)
        for one in (kind,) if kind else ("inventory", "catalog"):
            await db_runs.set_correction(database, found.id, one, mode)

    ask(settings, work)
    click.echo(f"{domain}: {kind or 'inventory and catalog'} {mode}.")


def _reconciled(shop: Shop, done: Comparison, *, dry_run: bool) -> None:
    causes = ", ".join(f"{count:,} {cause}" for cause, count in sorted(done.causes.items()))
    causes = f" ({causes})" if causes else ""
    click.echo(f"{shop.domain}: {done.levels:,} levels compared, {done.found:,} wrong{causes}.")
    if done.vanished:
        click.echo(f"  {done.vanished:,} discrepancies of earlier runs have come right by themselves.")
    if done.found:
        if dry_run:
            click.echo("  Nothing is corrected.")
        elif shop.mode == "live":
            click.echo(f"  {done.marked:,} products are corrected by the runner.")
        else:
            click.echo(f"  Nothing is written in mode {shop.mode}: what would be is in sync.shadow_levels.")
        click.echo("  Which and why: shelfwire discrepancies")
