"""What is going on and why; refusals and schedules."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import click
from rich.console import Group as Renderable
from rich.live import Live

from runner.commands import show
from runner.commands.core import Group, ask, json_option, limit_option
from runner.config import Settings
from runner.db import Database, catalog, inventory, likeness, reports, vitals
from runner.db import shops as db_shops
from runner.engine.cron import next_run
from runner.errors import InvalidInput
from runner.health.explain import explain
from runner.health.shown import explain_shown


@click.command()
@click.option("--watch", is_flag=True, help="Refresh every second until interrupted.")
@json_option
@click.pass_obj
def status(settings: Settings, watch: bool, as_json: bool) -> None:
    """Say how far each shop is behind, and what is left to do."""

    async def health(database: Database) -> Renderable:
        return show.status(
            await reports.health(database), await vitals.backlog(database), await vitals.runners(database)
        )

    async def follow(database: Database) -> None:
        with Live(console=show.console(), auto_refresh=False) as live:
            while True:
                live.update(await health(database), refresh=True)
                await asyncio.sleep(1)

    if as_json:
        click.echo(show.dump(ask(settings, reports.health)))
    elif watch:
        ask(settings, follow)
    else:
        show.console().print(ask(settings, health))


@click.command()
@click.argument("sku", required=False)
@click.option("--handle", help="The product that a shop shows under this handle, instead of a SKU.")
@click.option("--product", help="The product with this number at Shopify, or the key of its group.")
@json_option
@click.pass_obj
def why(settings: Settings, sku: str | None, handle: str | None, product: str | None, as_json: bool) -> None:
    """Explain every number and every field of one product, from the shelf to Shopify's answer."""
    named = [(by, name) for by, name in (("sku", sku), ("handle", handle), ("product", product)) if name]
    if len(named) != 1:
        raise InvalidInput("Say which: a SKU or key, or --handle HANDLE, or --product NUMBER.")
    ((by, name),) = named
    if by != "sku":
        _why_shown(settings, by, name, as_json)
        return

    async def work(database: Database) -> tuple[list[dict[str, Any]], str]:
        found = await reports.explain_stock(database, name)
        for one in found:
            one["catalog"] = await catalog.explain(database, one["product_key"])
        return found, "" if found else await likeness.near_sku(database, name)

    found, alike = ask(settings, work)
    if as_json:
        click.echo(show.dump(found))
    elif found:
        for number, one in enumerate(found):
            show.say(*([""] if number else []), *explain(one))
    if not found:
        raise InvalidInput(f"The warehouse has no product with SKU or key {name!r}.{alike}")


def _why_shown(settings: Settings, by: str, name: str, as_json: bool) -> None:
    """The catalogue's side only: a product may have many variants, each with numbers of its own."""
    found = ask(settings, lambda database: catalog.explain(database, name, by))
    if as_json:
        click.echo(show.dump(found))
    elif found:
        show.say(*list(explain_shown(found))[1:], "", "The numbers of one of its variants: shelfwire why SKU")
    if not found:
        raise InvalidInput(f"No shop shows a product of the warehouse with {by} {name!r}.")


@click.command()
@limit_option
@json_option
@click.pass_obj
def pending(settings: Settings, limit: int, as_json: bool) -> None:
    """List what is committed in the warehouse and not acknowledged by Shopify, oldest first."""
    show.rows(
        ask(settings, lambda database: reports.pending(database, limit)),
        ("shop", "sku", "key", "stage", "since", "changes", "priority", "job_status", "job_attempts", "next_try_at"),
        as_json=as_json,
        empty="Nothing is pending.",
    )


@click.command()
@click.option("--shop", "domain", help="Only this shop.")
@click.option("--products", is_flag=True, help="Fields of products instead of levels, the oldest first.")
@limit_option
@json_option
@click.pass_obj
def discrepancies(settings: Settings, domain: str | None, products: bool, limit: int, as_json: bool) -> None:
    """List what passes found wrong at Shopify and is not corrected yet, the largest first."""
    if products:
        show.rows(
            ask(settings, lambda database: catalog.discrepancies(database, domain, limit)),
            ("shop", "entity", "key", "sku", "field", "expected", "found", "cause", "first_seen_at", "last_seen_at",
             "pending_since"),
            as_json=as_json,
            empty="Nothing is known to be wrong.",
        )  # fmt: skip
        return
    show.rows(
        ask(settings, lambda database: inventory.discrepancies(database, domain, limit)),
        ("shop", "sku", "location", "expected", "found", "size", "cause", "first_seen_at", "last_seen_at",
         "pending_since"),
        as_json=as_json,
        empty="Nothing is known to be wrong.",
    )  # fmt: skip


@click.group(cls=Group)
def refusals() -> None:
    """What Shopify, or our own check, refused for good."""


@refusals.command("list")
@click.option("--shop", "domain", help="Only this shop.")
@click.option("--class", "error_class", help="Only this class.")
@limit_option
@json_option
@click.pass_obj
def list_refusals(settings: Settings, domain: str | None, error_class: str | None, limit: int, as_json: bool) -> None:
    """List refusals, newest first, each with what to do about it."""
    show.rows(
        ask(settings, lambda database: reports.refusals(database, domain, error_class, limit)),
        ("shop", "kind", "sku", "key", "part", "class", "message", "remedy", "last_at"),
        as_json=as_json,
        empty="Nothing is refused.",
    )


@refusals.command()
@click.argument("keys", nargs=-1, metavar="[SKU|KEY]...")
@click.option("--class", "error_class", help="All of this class.")
@click.option("--all", "everything", is_flag=True, help="All there are.")
@click.option("--shop", "domain", help="Only in this shop.")
@click.pass_obj
def retry(
    settings: Settings, keys: Sequence[str], error_class: str | None, everything: bool, domain: str | None
) -> None:
    """Try refused products again."""
    if bool(keys) + (error_class is not None) + everything != 1:
        raise InvalidInput("Say which: SKUs or keys, or --class CLASS, or --all.")

    async def work(database: Database) -> int:
        shop_id = (await db_shops.shops(database, domain))[0].id if domain else None
        return await reports.retry_refusals(database, shop_id, error_class, list(keys) or None)

    count = ask(settings, work)
    if keys and not count:
        raise InvalidInput(f"No refused push has one of these keys: {', '.join(keys)}.")
    click.echo(f"{count:,} products are tried again.")


@click.group(cls=Group)
def schedules() -> None:
    """What the runner does by itself."""


@schedules.command("list")
@json_option
@click.pass_obj
def list_schedules(settings: Settings, as_json: bool) -> None:
    """List the schedules; expressions are cron's, in UTC. Those of a shop hold there instead of what holds for all."""
    columns = ("name", "shop", "expression", "is_enabled", "description", "last_run_at", "last_error")
    show.rows(ask(settings, reports.schedules), columns, as_json=as_json, empty="There are none.")


@schedules.command("set")
@click.argument("name")
@click.argument("expression", required=False)
@click.option("--shop", "domain", help="Only in this shop.")
@click.option("--enable/--disable", "is_enabled", default=None)
@click.option("--reset", is_flag=True, help="In this shop as in all.")
@click.pass_obj
def set_schedule(
    settings: Settings, name: str, expression: str | None, domain: str | None, is_enabled: bool | None, reset: bool
) -> None:
    """Change when NAME runs: a cron EXPRESSION such as "*/15 * * * *", in UTC; everywhere, or in one shop."""
    if reset and (domain is None or expression is not None or is_enabled is not None):
        raise InvalidInput("--reset needs --shop, and nothing else.")
    if expression is None and is_enabled is None and not reset:
        raise InvalidInput("Give a cron expression, --enable or --disable.")
    if expression is not None:
        next_run(expression)

    async def work(database: Database) -> None:
        shop_id = (await db_shops.shops(database, domain))[0].id if domain else None
        if reset and shop_id is not None:
            if not await reports.reset_schedule(database, name, shop_id):
                raise InvalidInput(
                    f"{domain} has no schedule {name!r} of its own.", remedy="See: shelfwire schedules list"
                )
        elif not await reports.set_schedule(database, name, expression, is_enabled, shop_id):
            found = await reports.schedules(database)
            known = ", ".join(row["name"] for row in found if row["shop"] is None and (not domain or row["run_kind"]))
            raise InvalidInput(f"There is no schedule {name!r}{' for one shop' if domain else ''}; there are: {known}.")

    ask(settings, work)
    click.echo("Running runners follow within seconds.")
