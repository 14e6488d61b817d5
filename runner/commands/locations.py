"""Where a shop shows the stock of the warehouse's locations: asked for, said, shown."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Mapping, Sequence
from typing import Any

import click

from runner.commands import show
from runner.commands.core import Command, ask, json_option
from runner.config import Settings
from runner.errors import InvalidInput
from runner.inventory import locations
from runner.inventory.locations import NOWHERE, Places, Words
from runner.plain import plain

NO_LOCATION = (
    "The warehouse names no location. See what is attached: shelfwire doctor; and what the mapping file would find: "
    "shelfwire attach --check"
)
COLUMNS = ("location_key", "name", "shown_at")
# More than these in one command are not read by anybody.
SPELLED_OUT = 10


def rest_option(command: Command) -> Command:
    """``--rest`` for the locations that need no word of their own."""
    return click.option(
        "--rest",
        metavar="LOCATION",
        help="Where to show every other location that is there now and mapped nowhere; not what comes later.",
    )(command)


@click.command("map")
@click.argument("domain")
@click.argument("words", nargs=-1, metavar="[KEY=LOCATION]...")
@rest_option
@json_option
@click.pass_obj
def map_(settings: Settings, domain: str, words: Sequence[str], rest: str | None, as_json: bool) -> None:
    """Show the stock of warehouse location KEY at Shopify LOCATION (`none`: not in the shop).

    KEY and LOCATION may be names too. Without them, show where everything is shown.
    """
    found = ask(settings, lambda database: locations.map_locations(database, domain, words, rest))
    if as_json:
        print(show.dump(found))
        return
    tell(domain, found)
    if rest == NOWHERE or any(word.endswith(f"={NOWHERE}") for word in words):
        click.echo(
            "What is mapped to none is taken out of the shop: where it was shown, Shopify goes down to what is still "
            "mapped there, or to 0. A Shopify location that took no number from us yet keeps its own."
        )


def is_at_terminal() -> bool:
    """Whether somebody is there to be asked."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def ask_for(places: Places) -> Words:
    """Ask where each location of the warehouse that is mapped nowhere is to be shown."""
    there = [(str(o["location_id"]), o["name"]) for o in places.theirs if o["is_active"]]
    click.echo("Where is the stock of each location of the warehouse to be shown? A number or a name of these:")
    for number, name in (*there, (NOWHERE, "not in the shop")):
        show.say(f"  {number}: {name}")

    def understood(answer: str) -> str:
        try:
            places.location_id(answer.strip())
        except InvalidInput as error:
            raise click.BadParameter(plain(error.message)) from error
        return answer.strip()

    asked = [row for row in places.ours if not row["mapped"]]
    return [f"{row['location_key']}={click.prompt(plain(_named(row)), value_proc=understood)}" for row in asked]


def tell(domain: str, found: Sequence[Mapping[str, Any]]) -> None:
    """Print where everything is shown, and what to do about what is not."""
    shown = [{**row, "shown_at": row["location"] or (NOWHERE if row["mapped"] else None)} for row in found]
    show.rows(shown, COLUMNS, as_json=False, empty=NO_LOCATION)
    warn(domain, found)


def warn(domain: str, found: Sequence[Mapping[str, Any]]) -> None:
    """Print what keeps stock out of a shop: locations nobody has mapped, and those mapped to one that is closed."""
    if found and all(row["location_id"] is None for row in found):
        click.echo(f"No location of the warehouse is shown in {domain}: no stock is sent to it.")
    for row in found:
        if row["is_active"] is False:
            show.say(
                f"{_named(row)} is mapped to {row['location']}, which is not active in Shopify: activate it there and "
                f"run shelfwire shop verify {domain}, or map {row['location_key']} anew."
            )
    unmapped = [row for row in found if not row["mapped"]]
    if unmapped:
        names = ", ".join(map(_named, unmapped[:SPELLED_OUT]))
        words = [f"{row['location_key']}=LOCATION" for row in unmapped]
        if len(unmapped) > SPELLED_OUT:
            names += f" and {len(unmapped) - SPELLED_OUT:,} more"
            words = ["--rest", "LOCATION"]
        show.say(
            f"Not mapped: {names}. Their stock stays out of the shop. Say where each is to be shown, LOCATION being a "
            "number or a name of the shop's, or none:"
        )
        show.say(f"  {shlex.join(['shelfwire', 'shop', 'map', domain, *words])}")


def _named(row: Mapping[str, Any]) -> str:
    return f"{row['name']} ({row['location_key']})" if row["name"] else str(row["location_key"])
