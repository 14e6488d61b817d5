"""The main job, from an empty machine to a shop that is in step, with faults on the way."""

from __future__ import annotations

import shlex
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.live import Live

from demo import owner, showcase, summary
from demo.activity import Activity
from demo.view import View
from house import catalog, postgres, process, sandbox, warehouse
from house.catalog import Variant
from house.core import House
from house.process import HouseError

SECONDS_TO_DRAIN = 120
SECONDS_PER_FRAME = 0.25
FAULTS: tuple[dict[str, Any], ...] = (
    {"fault": "http_5xx", "operation": "inventorySetQuantities", "probability": 0.2},
    {"fault": "drop_after", "operation": "inventorySetQuantities", "probability": 0.1},
    {"fault": "drop_before", "operation": "inventorySetQuantities", "probability": 0.1},
    {"fault": "internal_error_after", "operation": "inventorySetQuantities", "probability": 0.05},
)


@click.command()
@click.option("--catalog", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="A Shopify product CSV.")
@click.option("--products", default=150, show_default=True, type=click.IntRange(1), help="Products, without --catalog.")
@click.option(
    "--seconds", default=20, show_default=True, type=click.IntRange(1), envvar="DEMO_SECONDS", show_envvar=True
)
@click.option("--seed", default=1, show_default=True, help="Makes the same people do the same work.")
def main(catalog: Path | None, products: int, seconds: int, seed: int) -> None:
    """Show a warehouse and its shop stay in step, on a Postgres and a sandbox of the demo's own."""
    try:
        Demo(catalog, products, seconds, seed).run()
    except HouseError as error:
        click.echo(f"demo: failed: {error}", err=True)
        sys.exit(1)


class Demo:
    """One run of the demo."""

    def __init__(self, catalog: Path | None, products: int, seconds: int, seed: int) -> None:
        self._catalog = ["--catalog", str(catalog)] if catalog else ["--products", str(products)]
        # The reference warehouse keeps one option; a real export may have three.
        self._follows = catalog is None
        self._seconds = seconds
        self._seed = seed
        self._console = Console(highlight=False, soft_wrap=True)

    def run(self) -> None:
        """Run it.

        Raises:
            HouseError: a part failed.
        """
        with ExitStack() as stack:
            self._say("Starting Postgres and the sandbox")
            server = stack.enter_context(postgres.serve())
            house = House(server.dsn, stack.enter_context(sandbox.running(*self._catalog)))
            stack.callback(house.close)
            variants = list(catalog.variants(house.sandbox))
            warehouse.build(house.dsn)
            units = warehouse.fill(house.connection, [v.product for v in variants], self._seed)
            self._say(
                f"The warehouse holds {units:,} units of {len(variants):,} products; "
                f"the shop is at {house.sandbox.url}/_sandbox"
            )
            for command, printed in set_up(house):
                self._say(command, printed)
            self._own(house, variants)
            for command, printed in go_live(house):
                self._say(command, printed)
            # A day of work in some seconds would be unusual for any shop.
            house.command("guard", "set", house.sandbox.shop, "--loss-share", "1", "--change-share", "1")
            log = Path(stack.enter_context(tempfile.TemporaryDirectory())) / "runner.log"
            try:
                with log.open("wb") as file, house.runner(log=file):
                    self._drain(house, "shelfwire run: first of all, the shop gets the numbers of the shelves")
                    self._show(house, len(variants))
                    self._drain(house, "Everybody goes home; what is under way arrives")
                    if self._follows:
                        self._follow(house)
            except HouseError:
                self._console.print("".join(log.read_text().splitlines(keepends=True)[-20:]), markup=False)
                raise
            sku = next((v.sku for v in variants if v.sku), None)
            if sku:
                self._say(f"shelfwire why {sku}", house.command("why", sku))
            self._judge(house)

    def _own(self, house: House, variants: list[Variant]) -> None:
        findings = owner.findings(variants)
        if findings:
            self._say("What is missing in this catalogue", "\n".join(findings))
            self._say("The demo now does this in the owner's place: shelfwire link")
            owner.complete(house, variants)
            self._console.print(house.command("link"), markup=False)

    def _show(self, house: House, products: int) -> None:
        """People work in the warehouse, for the middle third of the time with faults switched on."""
        self._say(f"{self._seconds} seconds of work in the warehouse, with faults in the middle")
        activity = Activity(house.dsn, products, self._seed)
        view = View(house.dsn, self._console)
        live = Live(console=self._console, auto_refresh=False) if self._console.is_terminal else None
        begun, drawn_at, faulty = time.monotonic(), 0.0, False
        try:
            with activity.running(), live or ExitStack():
                while (left := begun + self._seconds - time.monotonic()) > 0:
                    wanted = self._seconds / 3 < left < self._seconds * 2 / 3
                    if wanted != faulty:
                        faulty = wanted
                        self._switch_faults(house, on=faulty)
                    note = "Shopify is failing: 5xx, lost answers" if faulty else ""
                    if live:
                        live.update(view.draw(left, note), refresh=True)
                    elif time.monotonic() - drawn_at > 2:
                        drawn_at = time.monotonic()
                        self._console.print(view.line(left, note))
                    if errors := activity.wait(SECONDS_PER_FRAME):
                        raise HouseError(f"The work in the warehouse was disturbed: {errors[0]}")
        finally:
            view.close()

    def _switch_faults(self, house: House, *, on: bool) -> None:
        if not on:
            house.sandbox.clear_faults()
            return
        for number, fault in enumerate(FAULTS):
            house.sandbox.fault(**fault, seed=self._seed + number)

    def _follow(self, house: House) -> None:
        """The catalogue follows too: what the shop has is adopted, then a product lives its life."""
        shop = house.sandbox.shop
        follow, release = ("catalog", "follow", shop), ("guard", "release", shop, "--kind", "catalog")
        self._say(shlex.join(("shelfwire", *follow)), house.command(*follow))
        # More than half of a shop at one stroke is unusual: the guard wants somebody to look.
        if house.rows("select from sync.guards where kind = 'catalog' and held_at is not null"):
            self._say(shlex.join(("shelfwire", *release)), house.command(*release))
        house.command("guard", "set", shop, "--loss-share", "1", "--change-share", "1")
        house.wait_quiet(SECONDS_TO_DRAIN, SECONDS_PER_FRAME)
        self._say("A product's life")
        for line in showcase.live(house):
            self._console.print(line, markup=False)
        self._say("shelfwire conflicts list", house.command("conflicts", "list", "--limit", "5"))

    def _drain(self, house: House, title: str) -> None:
        self._say(title)
        house.wait_quiet(SECONDS_TO_DRAIN, SECONDS_PER_FRAME)

    def _judge(self, house: House) -> None:
        """Read the shop back and compare it with the shelves."""
        wrong, stats = summary.differences(house), house.sandbox.stats()
        f = summary.figures(house.dsn)
        self._say(
            "Summary",
            f"{f.linked:,} linked products read back from the shop: {len(wrong):,} differ from the shelves\n"
            f"{f.changes:,} changes became {f.pushed:,} levels in {f.calls:,} calls; {f.failed_calls:,} calls failed, "
            f"{f.repeated:,} were repeated under the same key, {stats['double_applied']:,} applied twice\n"
            f"{f.conflicts:,} levels and {f.field_conflicts:,} fields were changed in the shop; "
            f"{f.refused:,} refusals are open",
        )
        outcome = "ok" if not wrong and not stats["double_applied"] else "failed"
        for sku, (units, shown) in list(wrong.items())[:10]:
            self._console.print(f"{sku}: {units} on the shelf, {shown} in the shop", markup=False)
        self._console.print(
            f"demo: {outcome} changes={f.changes} pushed={f.pushed} calls={f.calls} throttled={stats['throttled']} "
            f"refused={f.refused} discrepancies={len(wrong)} products={f.products} "
            f"conflicts={f.field_conflicts} latency_p50_ms={f.p50} latency_p99_ms={f.p99}"
        )
        if outcome != "ok":
            sys.exit(1)

    def _say(self, title: str, text: str = "") -> None:
        self._console.print(f"\n{title}", style="bold", markup=False)
        if text:
            self._console.print(text, markup=False)


def set_up(house: House) -> Iterator[tuple[str, str]]:
    """From an empty database with a warehouse to a linked shop; yields each command and what it printed."""
    shop = ("shop", "add", house.sandbox.shop, "--url", house.sandbox.url, "--rest", sandbox.LOCATION)
    token = {**house.environment, "SHELFWIRE_TOKEN": house.sandbox.token}
    for command in (("db", "upgrade"), ("attach",), shop, ("link",)):
        yield shlex.join(("shelfwire", *command)), process.shelfwire(token, *command)


def go_live(house: House) -> Iterator[tuple[str, str]]:
    """Make a plan of a linked shop and go live on it; yields each command and what it printed."""
    plan = house.command("plan", "--limit", "5")
    yield "shelfwire plan --limit 5", plan
    # Its last word is the fingerprint.
    command = ("shop", "mode", house.sandbox.shop, "live", "--plan", plan.split()[-1])
    yield shlex.join(("shelfwire", *command)), house.command(*command)


if __name__ == "__main__":
    main()
