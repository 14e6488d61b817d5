"""Reconcile by hand what the runner reconciles by schedule."""

from __future__ import annotations

import click

from runner.commands.core import Group, execute, progress_bar
from runner.commands.shop import open_shops
from runner.config import Settings
from runner.db import shops as db
from runner.db.inventory import Comparison
from runner.db.shops import Shop
from runner.inventory.reconcile import reconcile_inventory


@click.group(cls=Group)
def reconcile() -> None:
    """Compare with Shopify, and correct."""


@reconcile.command()
@click.option("--dry-run", is_flag=True, help="Note what is wrong and correct nothing.")
@click.option("--shop", "domain", help="Only this shop.")
@click.pass_obj
def inventory(settings: Settings, dry_run: bool, domain: str | None) -> None:
    """Compare every linked level with Shopify and correct what is wrong.

    An interrupted run is continued where it stopped.
    """

    async def work() -> None:
        async with open_shops(settings) as shops:
            for found in await db.shops(shops.db, domain):
                client = await shops.client(found.id)
                with progress_bar(f"{found.domain}: variants read") as advance:
                    done = await reconcile_inventory(shops.db, client, found, advance, dry_run=dry_run)
                _reconciled(found, done, dry_run=dry_run)

    execute(work())


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
