"""Before and after a mistake: what would move, what is held, what can be taken back."""

from __future__ import annotations

from typing import Any

import click

from runner.commands import show
from runner.commands.core import Group, ask, execute, json_option, progress_bar
from runner.commands.shop import at_rest, open_shops
from runner.config import Settings
from runner.db import Database, catalog, inventory, safety
from runner.db import shops as db
from runner.db.core import Row
from runner.engine.undo import undo_run
from runner.errors import InvalidInput
from runner.kinds import READERS, strategies
from runner.linking.plan import make_plan

PRODUCTS = ("change", "key", "sku", "field", "shop", "warehouse")
LEVELS = ("sku", "title", "location", "seen", "desired", "difference")
GUARDS = ("shop", "kind", "mode", "held_at", "held_reason", "loss_share", "change_share", "allowance", "lost_lately",
          "pending", "pending_moves", "pending_losses")  # fmt: skip


kind_option = click.option("--kind", help="Only this kind, such as inventory.")


async def chosen(database: Database, kind: str | None) -> list[str]:
    """Every kind, or the one that was asked for.

    Raises:
        InvalidInput: there is no such kind.
    """
    kinds = await safety.kinds(database)
    if kind is not None and kind not in kinds:
        raise InvalidInput(f"There is no kind {kind!r}; there are: {', '.join(kinds)}.")
    return [kind] if kind else kinds


@click.command()
@click.option("--shop", "domain", help="Only this shop.")
@click.option(
    "--limit", default=20, show_default=True, type=click.IntRange(0), help="Levels, and fields, to show at most."
)
@json_option
@click.pass_obj
def plan(settings: Settings, domain: str | None, limit: int, as_json: bool) -> None:
    """Read the shops anew and say what would move if they went live now. Writes nothing to them."""

    async def work() -> list[dict[str, object]]:
        made: list[dict[str, object]] = []
        async with open_shops(settings) as shops:
            for found in await db.shops(shops.db, domain):
                client = await shops.client(found.id)
                with progress_bar(f"{found.domain}: variants read") as advance:
                    made_plan = await make_plan(shops.db, client, found, advance, READERS)
                largest = await inventory.differing_levels(shops.db, found.domain, limit)
                products = await catalog.planned_products(shops.db, found.id, limit)
                made.append(
                    {
                        "shop": found.domain, "mode": found.mode, **made_plan._asdict(), "largest": largest,
                        "products": products,
                    }
                )  # fmt: skip
        return made

    plans = execute(work())
    if as_json:
        click.echo(show.dump(plans))
        return
    for found in plans:
        _planned(found, limit)


@click.group(cls=Group)
def guard() -> None:
    """What stops a push that would lose or change an unusual share of a shop."""


@guard.command("show")
@click.option("--shop", "domain", help="Only this shop.")
@click.option("--limit", default=20, show_default=True, type=click.IntRange(0), help="Levels to show at most.")
@json_option
@click.pass_obj
def show_(settings: Settings, domain: str | None, limit: int, as_json: bool) -> None:
    """Say which shops are held and why, and what would go out."""

    async def work(database: Database) -> list[tuple[Row, list[Row]]]:
        return [
            (row, await inventory.differing_levels(database, row["shop"], limit) if _is_held(row) else [])
            for row in await safety.guards(database, domain)
        ]

    found = ask(settings, work)
    if as_json:
        click.echo(show.dump([{**row, "largest": levels} for row, levels in found]))
        return
    show.rows([row for row, _ in found], GUARDS, as_json=False, empty=show.NO_SHOP)
    for row, levels in found:
        if row["held_at"]:
            show.say("", f"{row['kind']} of {row['shop']} is held: {row['held_reason']}")
            if row["kind"] == "inventory":
                show.rows(levels, LEVELS, as_json=False, empty="  Nothing differs by now.")
            click.echo(f"If that is right: shelfwire guard release {row['shop']} --kind {row['kind']}")


@guard.command()
@click.argument("domain")
@kind_option
@click.pass_obj
def release(settings: Settings, domain: str, kind: str | None) -> None:
    """Let what is held of the shop DOMAIN go out, once somebody has looked at it."""

    async def work(database: Database) -> dict[str, int | None]:
        (found,) = await db.shops(database, domain)
        return {k: await safety.release(database, found.id, k) for k in await chosen(database, kind)}

    released = {k: keys for k, keys in ask(settings, work).items() if keys is not None}
    if not released:
        raise InvalidInput(f"{domain} is not held.")
    for name, keys in released.items():
        click.echo(f"{name} of {domain} is released: {keys:,} products go out.")


@guard.command()
@click.argument("domain")
@kind_option
@click.option("--reason", default="Stopped by hand.", show_default=True)
@click.pass_obj
def hold(settings: Settings, domain: str, kind: str | None, reason: str) -> None:
    """Stop the live shop DOMAIN at once; its changes wait."""

    async def work(database: Database) -> None:
        (found,) = await db.shops(database, domain)
        if found.mode != "live":
            raise InvalidInput(f"{domain} is in mode {found.mode}: nothing goes out anyway.")
        kinds = await chosen(database, kind)
        for name in kinds:
            is_new = await safety.hold(database, found.id, name, reason)
            click.echo(f"{name} of {domain} is held." if is_new else f"{name} of {domain} was held already.")
        await at_rest(database, found, kinds)

    ask(settings, work)


@guard.command("set")
@click.argument("domain")
@kind_option
@click.option(
    "--loss-share",
    type=click.FloatRange(0, 1, min_open=True),
    help="Of what can be lost, such as levels in stock that would be set to zero; 1: no limit.",
)
@click.option("--change-share", type=click.FloatRange(0, 1, min_open=True), help="Of all there is; 1: no limit.")
@click.option("--allowance", type=click.IntRange(0), help="So many are never unusual.")
@click.pass_obj
def set_(
    settings: Settings,
    domain: str,
    kind: str | None,
    loss_share: float | None,
    change_share: float | None,
    allowance: int | None,
) -> None:
    """Say what is unusual for the shop DOMAIN."""

    async def work(database: Database) -> list[Row]:
        (found,) = await db.shops(database, domain)
        for name in await chosen(database, kind):
            await safety.set_guard(database, found.id, name, loss_share, change_share, allowance)
        return await safety.guards(database, domain)

    show.rows(ask(settings, work), GUARDS, as_json=False, empty="")


@click.command()
@click.argument("run", type=int)
@click.option("--wait", default=60.0, show_default=True, help="Seconds to wait for a runner to send.")
@click.pass_obj
def undo(settings: Settings, run: int, wait: float) -> None:
    """Restore what RUN has set, where Shopify still holds it. What it had written is held until released."""

    async def work() -> Row:
        async with open_shops(settings) as shops:
            return await undo_run(shops, strategies(shops.db), run, wait)

    done = execute(work())
    click.echo(f"Run {run} had set {done['written']:,} {done['parts']}: {done['restored']:,} are restored.")
    if done["changed"]:
        click.echo(f"  {done['changed']:,} have changed since, and were left alone.")
    if done["refused"]:
        click.echo(f"  {done['refused']:,} were refused: shelfwire refusals list")
    click.echo("What was restored is held, for the warehouse still says otherwise: shelfwire guard show")


def _is_held(row: Row) -> bool:
    """Whether levels wait for somebody to look at them."""
    return row["kind"] == "inventory" and row["held_at"] is not None


def _planned(found: dict[str, Any], limit: int) -> None:
    for made in found["kinds"]:
        detail = ", ".join(f"{name.replace('_', ' ')} {number:,}" for name, number in sorted(made["detail"].items()))
        click.echo(
            f"{found['shop']} (mode {found['mode']}): of {made['parts']:,} {made['noun']} {made['moves']:,} would "
            f"change{f' ({detail})' if detail else ''}; {made['losses']:,} would be {made['lost']}."
        )
    largest = found["largest"]
    if largest:
        click.echo(f"The {len(largest):,} levels that matter most:" if len(largest) >= limit else "These levels:")
        show.rows(largest, LEVELS, as_json=False, empty="")
    if products := found["products"]:
        click.echo("Some of the products:" if len(products) >= limit else "These products:")
        show.rows(products, PRODUCTS, as_json=False, empty="")
    if found["mode"] != "live":
        click.echo(f"To go live on this plan: shelfwire shop mode {found['shop']} live --plan {found['fingerprint']}")
