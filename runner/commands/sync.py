"""Bring a shop in step now: products, or stock; as runs, which the runner executes."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import click

from runner.commands.core import Command, Group, ask
from runner.commands.watch import finish_in
from runner.config import Settings
from runner.db import Database, catalog, likeness, reports
from runner.db import shops as db_shops
from runner.db.shops import Shop
from runner.errors import InvalidInput

UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def run_options(command: Command) -> Command:
    """The options of what is a run in each shop."""
    command = click.option("--detach", is_flag=True, help="Only ask for it, and do not wait for its end.")(command)
    return click.option("--shop", "domain", help="Only this shop.")(command)


def common(command: Command) -> Command:
    """What all of them take."""
    return click.argument("names", nargs=-1, metavar="[SKU|KEY]...")(run_options(command))


@click.group("sync", cls=Group)
def in_step() -> None:
    """Bring the shops in step now."""


@in_step.command()
@common
@click.option("--full", is_flag=True, help="Read all anew, and compare.")
@click.option("--since", metavar="TIME", help="What has changed on either side since: 2026-01-31T12:00, 90m, 2h, 7d.")
@click.option("--collection", metavar="NAME", help="Those in a collection, by its handle, title or number.")
@click.option("--images", is_flag=True, help="Images that Shopify could not fetch, or shows otherwise.")
@click.pass_obj
def products(
    settings: Settings,
    names: Sequence[str],
    domain: str | None,
    detach: bool,
    full: bool,
    since: str | None,
    collection: str | None,
    images: bool,
) -> None:
    """Send what differs of the products that follow the warehouse: of some SKUs or keys, whatever was agreed on before.

    Without any, what has changed in the shop since it was looked at last, and what the warehouse says otherwise.
    """
    if bool(names) + full + bool(since) + bool(collection) + images > 1:
        raise InvalidInput("Say one: SKUs or keys, --full, --since, --collection or --images.")
    args: dict[str, Any] = {}
    if full:
        args["full"] = True
    if since:
        args["since"] = moment(since).isoformat()
    if collection:
        args["collection"] = collection
    if images:
        args["images"] = True

    async def work(database: Database) -> int:
        shops = await able_shops(database, domain)
        following = [shop for shop in shops if await catalog.catalog(database, shop.id) is not None]
        if not following:
            whose = shops[0].domain if len(shops) == 1 else "None of the shops"
            raise InvalidInput(
                f"{whose}: the catalogue does not follow the warehouse.",
                remedy="Run: shelfwire catalog follow DOMAIN",
            )
        asked = {**args, **await _keys(database, names)}
        return await finish_in(settings, database, following, "sync_products", asked, detach=detach)

    sys.exit(ask(settings, work))


@in_step.command()
@common
@click.pass_obj
def inventory(settings: Settings, names: Sequence[str], domain: str | None, detach: bool) -> None:
    """Read the levels anew, of some SKUs or keys or of all, and send what is wrong."""

    async def work(database: Database) -> int:
        shops = await able_shops(database, domain)
        return await finish_in(settings, database, shops, "sync_inventory", await _keys(database, names), detach=detach)

    sys.exit(ask(settings, work))


def moment(text: str) -> datetime:
    """A moment as people write it: ISO 8601, of UTC unless it says otherwise, or how long ago.

    Raises:
        InvalidInput: it is neither, or is yet to come.
    """
    now = datetime.now(UTC)
    if age := re.fullmatch(r"(\d{1,6})([smhd])", text):
        return now - timedelta(**{UNITS[age[2]]: int(age[1])})
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise InvalidInput(f"{text!r} is no time.", remedy="For example: 2026-01-31T12:00, 90m, 2h or 7d.") from error
    found = found if found.tzinfo else found.replace(tzinfo=UTC)
    if found > now:
        raise InvalidInput(f"{text!r} is yet to come.")
    return found


async def able_shops(database: Database, domain: str | None) -> list[Shop]:
    """The shops that can be kept in step.

    Raises:
        InvalidInput: there are none, or the one that is named is off or not linked.
    """
    found = await db_shops.shops(database, domain)
    able = [shop for shop in found if shop.mode != "off" and shop.linked_at is not None]
    if able:
        return able
    if len(found) == 1 and found[0].mode == "off":
        raise InvalidInput(f"{found[0].domain} is off.", remedy=f"Run: shelfwire shop mode {found[0].domain} monitor")
    raise InvalidInput("No shop is linked yet.", remedy="Run: shelfwire link")


async def _keys(database: Database, names: Sequence[str]) -> Mapping[str, list[str]]:
    """``keys`` of a run's arguments: of the products that are named by SKU or key, if any are.

    Raises:
        InvalidInput: the warehouse has none of that name.
    """
    if not names:
        return {}
    found = await reports.keys_named(database, names)
    for name in names:
        if name not in found:
            raise InvalidInput(
                f"The warehouse has no product with SKU or key {name!r}.{await likeness.near_sku(database, name)}"
            )
    return {"keys": sorted({key for keys in found.values() for key in keys})}
