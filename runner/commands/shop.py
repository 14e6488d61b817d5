"""The shops: add one, verify it, link its variants."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import click

from runner.commands import locations, show
from runner.commands.core import Command, Group, ask, execute, json_option, progress_bar
from runner.config import Settings
from runner.db import Database, inventory, reports, safety
from runner.db import shops as db
from runner.db import webhooks as db_webhooks
from runner.db.shops import Shop
from runner.errors import ShelfwireError
from runner.inventory.locations import Places, map_locations, places
from runner.linking.link import link_shop
from runner.shopify import writers
from runner.shopify.shops import Credentials, Shops
from runner.shopify.vault import Vault

# Seconds for which a command waits for what is in flight, and between two looks.
PATIENCE = 10.0
PAUSE = 0.05


@asynccontextmanager
async def open_shops(settings: Settings) -> AsyncIterator[Shops]:
    """The shops, with connections to Postgres and to them."""
    async with (
        Database.open(settings.database_url, size=4, timeout=settings.connect_timeout) as database,
        Shops.open(database, settings) as shops,
    ):
        yield shops


@click.group(cls=Group)
def shop() -> None:
    """The shops that are kept in step."""


shop.add_command(locations.map_)


def credentials(command: Command) -> Command:
    """The options that an access token comes from."""
    for option in (
        click.option("--client-secret", metavar="SECRET", envvar="SHELFWIRE_CLIENT_SECRET", show_envvar=True),
        click.option("--client-id", metavar="ID", help="Of a Dev Dashboard app, for the client credentials grant."),
        click.option("--token", envvar="SHELFWIRE_TOKEN", show_envvar=True, help="A static access token."),
    ):
        command = option(command)
    return command


new_key_option = click.option(
    "--new-key", is_flag=True, help="The key that the other shops' tokens were encrypted with is lost."
)


@shop.command()
@click.argument("domain")
@click.option("--url", help="Where it answers, if not at https://DOMAIN (a sandbox).")
@click.option("--plain-http", is_flag=True, help="Send the token unencrypted, if --url says http.")
@new_key_option
@credentials
@click.option("--map", "words", multiple=True, metavar="KEY=LOCATION", help="As `shop map` takes it; may be repeated.")
@locations.rest_option
@click.pass_obj
def add(
    settings: Settings,
    domain: str,
    url: str | None,
    plain_http: bool,
    new_key: bool,
    token: str | None,
    client_id: str | None,
    client_secret: str | None,
    words: Sequence[str],
    rest: str | None,
) -> None:
    """Add the shop DOMAIN (name.myshopify.com) and verify it; one that fails is not kept.

    At a terminal it asks where the stock of each warehouse location is to be shown, unless options say it.
    """

    async def work() -> Places:
        async with open_shops(settings) as shops:
            given = Credentials(token, client_id, client_secret)
            about = await shops.add(domain, url, given, plain=plain_http, new_key=new_key)
            try:
                await map_locations(shops.db, domain, words, rest)
            except ShelfwireError:
                await _forget(shops.db, domain)
                raise
            _verified(about)
            return await places(shops.db, domain)

    found = execute(work())
    ours = found.ours
    if ours and not words and rest is None and locations.is_at_terminal():
        answers = locations.ask_for(found)
        ours = ask(settings, lambda database: map_locations(database, domain, answers))
    locations.tell(domain, ours)
    click.echo("Next: shelfwire link" if all(row["mapped"] for row in ours) else "Then: shelfwire link")


@shop.command()
@click.argument("domain")
@new_key_option
@credentials
@click.pass_obj
def token(
    settings: Settings,
    domain: str,
    new_key: bool,
    token: str | None,
    client_id: str | None,
    client_secret: str | None,
) -> None:
    """Give the shop DOMAIN another token; one that fails leaves the old one in place."""

    async def work() -> None:
        async with open_shops(settings) as shops:
            given = Credentials(token, client_id, client_secret)
            _verified(await shops.replace_credentials(domain, given, new_key=new_key))

    execute(work())


@shop.command()
@click.argument("domain")
@click.pass_obj
def verify(settings: Settings, domain: str) -> None:
    """Ask the shop DOMAIN who it is, and say what is missing."""

    async def work() -> None:
        async with open_shops(settings) as shops:
            _verified(await shops.verify(domain))

    execute(work())


async def at_rest(database: Database, shop: Shop, kinds: list[str]) -> None:
    """Return when no request of some kinds is in flight to a shop that may not be written to; say so if one may be."""
    until = time.monotonic() + PATIENCE
    while True:
        lanes = await safety.lanes_at_work(database, shop.id, kinds)
        if not lanes:
            return
        if time.monotonic() > until:
            break
        await asyncio.sleep(PAUSE)
    click.echo(
        f"No runner sends more, but {lanes} of their jobs did not end within {PATIENCE:.0f} s: a request that was sent "
        "before may still arrive. Run: shelfwire doctor",
        err=True,
    )


@shop.command("list")
@json_option
@click.pass_obj
def list_(settings: Settings, as_json: bool) -> None:
    """List the shops."""
    columns = ("domain", "mode", "name", "currency", "grant_type", "scopes", "verified_at", "linked_at")
    show.rows(ask(settings, reports.shops), columns, as_json=as_json, empty=show.NO_SHOP)


@shop.command()
@click.argument("domain")
@click.argument("mode", type=click.Choice(["off", "monitor", "live"]))
@click.option("--plan", "fingerprint", help="To go live: the fingerprint that shelfwire plan has shown.")
@click.pass_obj
def mode(settings: Settings, domain: str, mode: str, fingerprint: str | None) -> None:
    """Switch the shop DOMAIN: off (changes wait), monitor (all but writing to it), live.

    A shop begins in monitor and goes live on a plan.
    """

    async def work(database: Database) -> None:
        (found,) = await db.shops(database, domain)
        marked = await safety.set_mode(database, found.id, mode, fingerprint)
        click.echo(f"{domain} is in mode {mode}." + (f" {marked:,} products are pushed now." if marked else ""))
        if mode != "live":
            await at_rest(database, found, await safety.kinds(database))

    ask(settings, work)


@shop.command()
@click.argument("domain")
@click.pass_obj
def adopt(settings: Settings, domain: str) -> None:
    """Become the writer of the shop DOMAIN. Another installation that writes there stops by itself within a minute."""

    async def work() -> None:
        async with open_shops(settings) as shops:
            (found,) = await db.shops(shops.db, domain)
            before = await writers.adopt(shops.db, await shops.client(found.id), found)
            (now,) = await db.shops(shops.db, domain)
            whose = f" instead of {before.get('installation')}" if before else ""
            show.say(f"{domain} is written to from here{whose}, and is in mode {now.mode}.")
            if now.mode == "live":
                click.echo("  Before anything is written a runner reads all its levels: shelfwire status")
            else:
                click.echo("  What would move if it went live: shelfwire plan")

    execute(work())


@shop.command()
@click.argument("domain")
@click.confirmation_option(prompt="Everything known of this shop is forgotten. Go on?")
@click.pass_obj
def remove(settings: Settings, domain: str) -> None:
    """Forget the shop DOMAIN. In Shopify nothing changes."""

    ask(settings, lambda database: _forget(database, domain))
    click.echo(f"{domain} is forgotten.")


@shop.group(cls=Group)
def secret() -> None:
    """What the webhooks of a shop are signed with."""


@secret.command("set")
@click.argument("domain")
@click.option(
    "--secret", "given", envvar="SHELFWIRE_WEBHOOK_SECRET", show_envvar=True, prompt="The app's client secret",
    hide_input=True,
)  # fmt: skip
@click.pass_obj
def set_secret(settings: Settings, domain: str, given: str) -> None:
    """Give the client secret that signs the webhooks of DOMAIN. The one until now stays accepted beside it.

    A shop whose token comes from the client credentials grant needs none: its webhooks are signed with that secret.
    """
    vault = Vault(settings.secret_key)

    async def work(database: Database) -> None:
        (found,) = await db.shops(database, domain)
        await db_webhooks.set_webhook_secret(database, found.id, vault.seal(given.strip(), found.domain, found.url))

    ask(settings, work)
    click.echo(f"Webhooks of {domain} are accepted if they are signed with it, or with the one before.")


@shop.command()
def key() -> None:
    """Make a secret key for SHELFWIRE_SECRET_KEY."""
    click.echo(Vault.new_key())


@click.command()
@click.option("--shop", "domain", help="Only this shop.")
@click.pass_obj
def link(settings: Settings, domain: str | None) -> None:
    """Read the shops' variants and levels and link products to them by SKU."""

    failures: list[ShelfwireError] = []

    async def work() -> None:
        async with open_shops(settings) as shops:
            for found in await db.shops(shops.db, domain):
                with progress_bar(f"{found.domain}: variants read") as advance:
                    try:
                        result = await link_shop(shops.db, await shops.client(found.id), found, advance)
                    except ShelfwireError as error:
                        failures.append(error)
                        show.say(f"shelfwire: {found.domain}: {error}", err=True)
                        continue
                _linked(found, result)
                locations.warn(found.domain, await inventory.mapped_locations(shops.db, found.id))

    execute(work())
    if failures:
        sys.exit(failures[0].exit_code)


async def _forget(database: Database, domain: str) -> None:
    (found,) = await db.shops(database, domain)
    await db.remove_shop(database, found.id)


def _verified(about: dict[str, Any]) -> None:
    version = f"API {about['version']}" if about["version"] else "an API version it does not name"
    show.say(f"{about['domain']}: {about['name']}, {about['currency']}, {version}")
    show.say(f"  scopes: {', '.join(about['scopes'])}")
    for location in about["locations"]:
        inactive = "" if location["is_active"] else " (inactive)"
        show.say(f"  location {location['location_id']}: {location['name']}{inactive}")


def _linked(found: Shop, result: dict[str, int]) -> None:
    pushed = "and will be pushed" if found.mode == "live" else f"and nothing is written in mode {found.mode}"
    click.echo(
        f"{found.domain}: {result['linked']:,} linked, {result['broken']:,} broken, {result['ambiguous']:,} ambiguous; "
        f"{result['marked']:,} differ, {pushed}."
    )
    if result["without_sku"]:
        click.echo(
            f"  {result['without_sku']:,} variants in Shopify have no SKU and are left alone: "
            "give each the SKU of its warehouse product, then run: shelfwire link"
        )
    if result["broken"] or result["ambiguous"]:
        click.echo("  Which and why: shelfwire refusals list")
    if found.mode != "live":
        click.echo("  What would move if it went live: shelfwire plan")
