"""The catalogue of a shop: whether it follows the warehouse, who owns which field, what both sides have changed."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence

import click

from runner.catalog.collections import read_collections
from runner.catalog.edits import look_at_products
from runner.catalog.products import adopt_products, read_identities
from runner.catalog.publications import publications_named
from runner.commands import show
from runner.commands.core import Group, ask, execute, json_option, limit_option
from runner.commands.shop import open_shops
from runner.commands.watch import finish_in, finished, operator
from runner.config import Settings
from runner.db import Database
from runner.db import catalog as db
from runner.db import runs as db_runs
from runner.db import shops as db_shops
from runner.db.core import Row
from runner.db.shops import Shop
from runner.errors import InvalidInput

ON_DELETE = ("archive", "draft", "delete", "ignore")
ADOPT_BY = ("sku", "barcode", "handle")
RULES = ("ours", "theirs", "newest", "merge", "manual")
# What the shop's own people write, whoever keeps its stock and prices.
TEMPLATES = {"marketing": ("descriptionHtml", "seo", "media", "tags")}
# What has an owner, by Shopify's names; of metafields and SEO also one by itself, such as seo.title.
FIELDS = {
    "product": ("title", "descriptionHtml", "vendor", "productType", "handle", "status", "tags", "seo", "category",
                "collections", "media", "publications", "metafields"),
    "variant": ("sku", "price", "compareAtPrice", "cost", "barcode", "weight", "requiresShipping", "taxable",
                "inventoryPolicy", "optionValues"),
}  # fmt: skip
MERGED = ("tags", "collections")
CATALOG = ("shop", "on_delete", "adopt_by", "publications", "price_factor", "followed_at", "looked_until")
CONFLICTS = ("id", "shop", "entity", "key", "sku", "field", "base", "ours", "theirs", "rule", "outcome", "decided_by",
             "found_at", "write_error")  # fmt: skip


async def the_shop(database: Database, domain: str | None) -> Shop:
    """The shop that is named, or the only one.

    Raises:
        InvalidInput: there is no such shop, or none is named and there are several.
    """
    found = await db_shops.shops(database, domain)
    if len(found) != 1:
        raise InvalidInput(f"There are {len(found)} shops.", remedy="Name one with --shop DOMAIN.")
    return found[0]


@click.group(cls=Group)
def catalog() -> None:
    """Products and variants of a shop that follow the warehouse."""


@catalog.command()
@click.argument("domain")
@click.option(
    "--on-delete", type=click.Choice(ON_DELETE), help="What becomes of products that leave. [default: archive]"
)
@click.option(
    "--publish", "channels", multiple=True, metavar="NAME", help="Sales channel to publish to; may be repeated."
)
@click.option("--adopt-by", type=click.Choice(ADOPT_BY), help="What tells that the shop has a product. [default: sku]")
@click.option(
    "--price-factor",
    type=click.FloatRange(1, min_open=True),
    help="A price that becomes so many times as high or low is not sent at once. [default: 5]",
)
@click.pass_obj
def follow(
    settings: Settings,
    domain: str,
    on_delete: str | None,
    channels: Sequence[str],
    adopt_by: str | None,
    price_factor: float | None,
) -> None:
    """Let the catalogue of the shop DOMAIN follow the warehouse, or in another way than before.

    Products that the shop has already are adopted: by the SKUs of their variants, by barcodes, or by their handles.
    That writes nothing; what differs is sent if the shop is live, and its guard finds nothing unusual.
    """

    async def work() -> tuple[int, int]:
        async with open_shops(settings) as shops:
            found = await the_shop(shops.db, domain)
            found.require_linked()
            client = await shops.client(found.id)
            published = await publications_named(client, channels) if channels else None
            run = await db_runs.start_run(shops.db, "follow", found.id)
            async with db_runs.failures_noted(shops.db, run):
                await read_collections(shops.db, client, found.id)
                if await db.catalog(shops.db, found.id) is None:
                    await read_identities(shops.db, client, found.id)
                adopted = await db.follow(shops.db, found.id, on_delete, published, price_factor, adopt_by)
                adopted += await adopt_products(shops.db, client, found.id)
                # In a statement of its own: what is adopted is judged by what is committed.
                marked = await db.mark_all(shops.db, found.id, run.id)
            await db_runs.finish_run(shops.db, run, json.dumps({"adopted": adopted, "marked": marked}), None)
            return adopted, run.id

    adopted, run = execute(work())
    click.echo(f"The catalogue of {domain} follows the warehouse; {adopted:,} of its products were adopted.")
    click.echo("See what is on its way: shelfwire pending    what is held: shelfwire guard show")
    click.echo(f"To take back what is written by this: shelfwire undo {run}")


@catalog.command()
@click.argument("domain")
@click.pass_obj
def leave(settings: Settings, domain: str) -> None:
    """Let the catalogue of the shop DOMAIN be its own again; nothing there is changed, and its stock goes on."""

    async def work(database: Database) -> bool:
        return await db.leave(database, (await the_shop(database, domain)).id)

    if not ask(settings, work):
        raise InvalidInput(f"The catalogue of {domain} does not follow the warehouse.")
    click.echo(f"The catalogue of {domain} is its own again.")


@catalog.command("show")
@json_option
@click.pass_obj
def show_(settings: Settings, as_json: bool) -> None:
    """Say which shops' catalogues follow the warehouse, and how."""

    async def work(database: Database) -> list[Row]:
        shops = await db_shops.shops(database)
        found = [(shop.domain, await db.catalog(database, shop.id)) for shop in shops]
        return [{"shop": domain, **row} for domain, row in found if row]

    show.rows(ask(settings, work), CATALOG, as_json=as_json, empty="No shop does. Run: shelfwire catalog follow DOMAIN")


@catalog.command()
@click.option("--shop", "domain", help="Only this shop.")
@click.pass_obj
def look(settings: Settings, domain: str | None) -> None:
    """Look now for what people have changed in Shopify's admin; a runner does so every minute."""

    async def work() -> int:
        async with open_shops(settings) as shops:
            found = await db_shops.shops(shops.db, domain)
            return sum([await look_at_products(shops.db, await shops.client(s.id), s.id) for s in found])

    click.echo(f"{execute(work()):,} products were changed in the shop since both sides agreed.")


@click.group(cls=Group)
def rules() -> None:
    """Who owns a field: the warehouse, unless a rule says otherwise."""


@rules.command("list")
@click.option("--shop", "domain", help="If there are several.")
@json_option
@click.pass_obj
def list_rules(settings: Settings, domain: str | None, as_json: bool) -> None:
    """List the fields that have a rule."""

    async def work(database: Database) -> list[Row]:
        return await db.rules(database, (await the_shop(database, domain)).id)

    show.rows(
        ask(settings, work), ("entity", "field", "rule"), as_json=as_json, empty="Every field is the warehouse's."
    )


@rules.command("set")
@click.argument("entity", type=click.Choice(["product", "variant"]))
@click.argument("field")
@click.argument("rule", type=click.Choice(RULES))
@click.option("--shop", "domain", help="If there are several.")
@click.pass_obj
def set_rule(settings: Settings, entity: str, field: str, rule: str, domain: str | None) -> None:
    """Say who owns FIELD (as Shopify calls it, such as descriptionHtml) of each ENTITY."""
    if field.split(".", 1)[0] not in FIELDS[entity]:
        raise InvalidInput(f"A {entity} has no field {field!r}; it has: {', '.join(FIELDS[entity])}.")

    if rule == "merge" and field not in MERGED:
        raise InvalidInput(f"merge unites lists: {', '.join(MERGED)}. For {field} choose another rule.")

    async def work(database: Database) -> None:
        await db.set_rule(database, (await the_shop(database, domain)).id, entity, field, rule)

    ask(settings, work)
    click.echo(f"{field} of each {entity}: {rule}.")


@rules.command()
@click.argument("name", type=click.Choice(sorted(TEMPLATES)))
@click.option("--shop", "domain", help="If there are several.")
@click.pass_obj
def template(settings: Settings, name: str, domain: str | None) -> None:
    """Set the rules of a template; marketing leaves description, SEO, media and tags to the shop."""

    async def work(database: Database) -> None:
        found = await the_shop(database, domain)
        for field in TEMPLATES[name]:
            await db.set_rule(database, found.id, "product", field, "theirs")

    ask(settings, work)
    click.echo(f"Left to the shop: {', '.join(TEMPLATES[name])}.")


@click.group(cls=Group)
def conflicts() -> None:
    """What the shop has changed although both sides had agreed, and how it was decided."""


OUTCOMES = ("open", "ours", "theirs", "merged", "value")


@conflicts.command("list")
@click.option("--shop", "domain", help="Only this shop.")
@click.option("--name", help="Only of this SKU or key.")
@click.option("--field", help="Only of this field.")
@click.option("--outcome", type=click.Choice(OUTCOMES), help="Only with this outcome.")
@limit_option
@json_option
@click.pass_obj
def list_conflicts(
    settings: Settings,
    domain: str | None,
    name: str | None,
    field: str | None,
    outcome: str | None,
    limit: int,
    as_json: bool,
) -> None:
    """List conflicts, the newest first."""

    async def work(database: Database) -> list[Row]:
        return await db.conflicts(database, domain, name, field, outcome, limit)

    show.rows(ask(settings, work), CONFLICTS, as_json=as_json, empty="No conflicts.")


@conflicts.command("show")
@click.argument("number", type=int)
@json_option
@click.pass_obj
def show_conflict(settings: Settings, number: int, as_json: bool) -> None:
    """Show conflict NUMBER whole: what was agreed, what either side says, how it was decided, what became of it."""
    found = ask(settings, lambda database: db.conflict(database, number))
    if found is None:
        raise InvalidInput(f"There is no conflict {number}.", remedy="See: shelfwire conflicts list")
    if as_json:
        click.echo(show.dump(found))
        return
    for name, value in found.items():
        if value is not None:
            show.say(f"{name.replace('_', ' ')}: {show.cell(value)}")


@conflicts.command()
@click.argument("decision", metavar="ours|theirs|VALUE")
@click.argument("numbers", nargs=-1, type=int)
@click.option("--shop", "domain", help="All that are open in this shop.")
@click.option("--field", help="All that are open of this field.")
@click.option("--by", default="command line", show_default=True, help="Who has decided it.")
@click.pass_obj
def resolve(
    settings: Settings, decision: str, numbers: Sequence[int], domain: str | None, field: str | None, by: str
) -> None:
    """Decide open conflicts, by NUMBERS or as --shop and --field tell: ours, theirs, or a VALUE (JSON or text).

    Without numbers it is a run, which ends when what was decided is sent.
    """
    if not numbers and not domain and not field:
        raise click.UsageError("Say which: their numbers, --shop, or --field.")
    outcome = decision if decision in ("ours", "theirs") else "value"
    value = value_of(decision) if outcome == "value" else None

    async def work(database: Database) -> int:
        found = await db.conflicts(database, domain, None, field, "open", 100_000)
        chosen = [row["id"] for row in found if not numbers or row["id"] in numbers]
        if unknown := sorted({*numbers} - {*chosen}):
            raise InvalidInput(f"There is no open conflict {unknown[0]}.", remedy="See: shelfwire conflicts list")
        if numbers or not chosen:
            click.echo(f"{await db.resolve(database, chosen, outcome, value, by):,} conflicts are decided.")
            return 0
        asked = []
        for shop in await db_shops.shops(database, domain):
            if ids := [row["id"] for row in found if row["shop"] == shop.domain]:
                args = {"ids": ids, "outcome": outcome, "value": value, "by": by}
                asked.append(await db_runs.queue_run(database, shop.id, "resolve_conflicts", args, operator()))
        code = await finished(settings, database, asked)
        ended = [await db_runs.run_status(database, run_id) for run_id in asked]
        decided = sum(row["result"].get("decided", 0) for row in ended if row and row["result"])
        click.echo(f"{decided:,} conflicts are decided.")
        return code

    sys.exit(ask(settings, work))


@conflicts.command()
@click.option("--shop", "domain", help="Only in this shop.")
@click.pass_obj
def retry(settings: Settings, domain: str | None) -> None:
    """Try once more to write into the warehouse what it did not take, as the runner does each minute."""

    async def work(database: Database) -> int:
        following = [
            shop
            for shop in await db_shops.shops(database, domain)
            if shop.mode != "off" and await db.catalog(database, shop.id) is not None
        ]
        if not following:
            raise InvalidInput("No catalogue follows the warehouse.", remedy="Run: shelfwire catalog follow DOMAIN")
        return await finish_in(settings, database, following, "resolve_conflicts", {"retry": True})

    sys.exit(ask(settings, work))


def value_of(text: str) -> object:
    """A value as it is written: JSON, or else a text."""
    try:
        return json.loads(text)
    except ValueError:
        return text
