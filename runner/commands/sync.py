"""Bring a shop in step now: products, or stock; as runs, which the runner executes."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import click

from runner.commands.core import Command, Group, execute
from runner.commands.watch import finished, operator
from runner.config import Settings
from runner.db import Database, catalog, likeness, reports
from runner.db import runs as db_runs
from runner.db import shops as db_shops
from runner.db.shops import Shop
from runner.errors import InvalidInput

UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def common(command: Command) -> Command:
    """The options that all of them take."""
    for option in (
        click.option("--detach", is_flag=True, help="Only ask for it, and do not wait for its end."),
        click.option("--shop", "domain", help="Only this shop."),
        click.argument("names", nargs=-1, metavar="[SKU|KEY]..."),
    ):
        command = option(command)
    return command


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

    async def work() -> int:
        async with Database.open(settings.database_url, size=4, timeout=settings.connect_timeout) as database:
            shops = await able_shops(database, domain)
            following = [shop for shop in shops if await catalog.catalog(database, shop.id) is not None]
            if not following:
                whose = shops[0].domain if len(shops) == 1 else "None of the shops"
                raise InvalidInput(
                    f"{whose}: the catalogue does not follow the warehouse.",
                    remedy="Run: shelfwire catalog follow DOMAIN",
                )
            return await _run(settings, database, following, "sync_products", args, names, detach=detach)

    sys.exit(execute(work()))


@in_step.command()
@common
@click.pass_obj
def inventory(settings: Settings, names: Sequence[str], domain: str | None, detach: bool) -> None:
    """Read the levels anew, of some SKUs or keys or of all, and send what is wrong."""

    async def work() -> int:
        async with Database.open(settings.database_url, size=4, timeout=settings.connect_timeout) as database:
            shops = await able_shops(database, domain)
            return await _run(settings, database, shops, "sync_inventory", {}, names, detach=detach)

    sys.exit(execute(work()))


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


async def _run(
    settings: Settings,
    database: Database,
    shops: Sequence[Shop],
    kind: str,
    args: Mapping[str, Any],
    names: Sequence[str],
    *,
    detach: bool,
) -> int:
    if names:
        args = {**args, "keys": await _keys(database, names)}
    asked = [await db_runs.queue_run(database, shop.id, kind, args, operator()) for shop in shops]
    return await finished(settings, database, asked, detach=detach)


async def _keys(database: Database, names: Sequence[str]) -> list[str]:
    """The keys of products that are named by SKU or key.

    Raises:
        InvalidInput: the warehouse has none of that name.
    """
    found = await reports.keys_named(database, names)
    for name in names:
        if name not in found:
            raise InvalidInput(
                f"The warehouse has no product with SKU or key {name!r}.{await likeness.near_sku(database, name)}"
            )
    return sorted({key for keys in found.values() for key in keys})
