"""The main job, from an empty machine to a shop that is in step, with faults on the way."""

from __future__ import annotations

import sys
import tempfile
import threading
import time
from contextlib import ExitStack
from pathlib import Path

import click
import psycopg
from rich.console import Console
from rich.live import Live

from demo import owner, postgres, process, summary
from demo.process import DemoError, shelfwire
from demo.shop import Shop, Variant
from demo.view import View
from demo.warehouse import FOLDER, Activity, fill

TOKEN = "shpat_demo"
SECONDS_TO_DRAIN = 120
SECONDS_PER_FRAME = 0.25
FAULTS = (
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
    except DemoError as error:
        click.echo(f"demo: failed: {error}", err=True)
        sys.exit(1)


class Demo:
    """One run of the demo."""

    def __init__(self, catalog: Path | None, products: int, seconds: int, seed: int) -> None:
        self._catalog = ["--catalog", str(catalog)] if catalog else ["--products", str(products)]
        self._seconds = seconds
        self._seed = seed
        self._console = Console(highlight=False, soft_wrap=True)

    def run(self) -> None:
        """Run it.

        Raises:
            DemoError: a part failed, or shop and warehouse differ at the end.
        """
        with ExitStack() as stack:
            self._say("Starting Postgres and the sandbox")
            dsn = stack.enter_context(postgres.serve()).dsn
            url, domain = stack.enter_context(process.sandbox([*self._catalog, "--token", TOKEN]))
            shop = Shop(url, TOKEN)
            stack.callback(shop.close)
            environment = process.environment(dsn, TOKEN, FOLDER / "warehouse.toml")
            variants = shop.variants()
            with psycopg.connect(dsn) as connection:
                units = fill(connection, variants, self._seed)
            self._say(
                f"The warehouse holds {units:,} units of {len(variants):,} products; the shop is at {url}/_sandbox"
            )
            for command, printed in process.set_up(environment, domain, url):
                self._say(command, printed)
            self._own(shop, dsn, environment, variants)
            for command, printed in process.go_live(environment, domain):
                self._say(command, printed)
            # A day of work in some seconds would be unusual for any shop.
            shelfwire(environment, "guard", "set", "--shop", domain, "--loss-share", "1", "--change-share", "1")
            log = Path(stack.enter_context(tempfile.TemporaryDirectory())) / "runner.log"
            try:
                with process.runner(environment, log):
                    self._drain(dsn, "shelfwire run: first of all, the shop gets the numbers of the shelves")
                    self._show(shop, dsn, len(variants))
                    self._drain(dsn, "Everybody goes home; what is under way arrives")
            except DemoError:
                self._console.print("".join(log.read_text().splitlines(keepends=True)[-20:]))
                raise
            sku = next((v.sku for v in variants if v.sku), None)
            if sku:
                self._say(f"shelfwire why {sku}", shelfwire(environment, "why", sku))
            self._judge(shop, dsn)

    def _own(self, shop: Shop, dsn: str, environment: dict[str, str], variants: list[Variant]) -> None:
        findings = owner.findings(variants)
        if findings:
            self._say("What is missing in this catalogue", "\n".join(findings))
            self._say("The demo now does this in the owner's place: shelfwire link")
            owner.complete(shop, dsn, variants)
            self._console.print(shelfwire(environment, "link"), markup=False)

    def _show(self, shop: Shop, dsn: str, products: int) -> None:
        """People work in the warehouse, for the middle third of the time with faults switched on."""
        self._say(f"{self._seconds} seconds of work in the warehouse, with faults in the middle")
        activity = Activity(dsn, products, self._seed)
        view = View(dsn, self._console)
        live = Live(console=self._console, auto_refresh=False) if self._console.is_terminal else None
        begun, drawn_at, faulty = time.monotonic(), 0.0, False
        activity.start()
        try:
            with live or ExitStack():
                while (left := begun + self._seconds - time.monotonic()) > 0:
                    wanted = self._seconds / 3 < left < self._seconds * 2 / 3
                    if wanted != faulty:
                        faulty = wanted
                        self._switch_faults(shop, on=faulty)
                    note = "Shopify is failing: 5xx, lost answers" if faulty else ""
                    if live:
                        live.update(view.draw(left, note), refresh=True)
                    elif time.monotonic() - drawn_at > 2:
                        drawn_at = time.monotonic()
                        self._console.print(view.line(left, note))
                    if activity.has_ended(SECONDS_PER_FRAME):
                        raise DemoError("the work in the warehouse was disturbed")
        finally:
            activity.stop()
            view.close()

    def _switch_faults(self, shop: Shop, *, on: bool) -> None:
        if not on:
            shop.clear_faults()
            return
        for number, fault in enumerate(FAULTS):
            shop.fault(**fault, seed=self._seed + number)

    def _drain(self, dsn: str, title: str) -> None:
        self._say(title)
        deadline = time.monotonic() + SECONDS_TO_DRAIN
        never = threading.Event()
        while not summary.is_quiet(dsn):
            if time.monotonic() > deadline:
                raise DemoError(f"changes are still pending after {SECONDS_TO_DRAIN} s")
            never.wait(SECONDS_PER_FRAME)

    def _judge(self, shop: Shop, dsn: str) -> None:
        """Read the shop back and compare it with the shelves."""
        offered, stats = shop.available(), shop.stats()
        shelf = summary.on_the_shelf(dsn)
        wrong = {sku: (units, offered.get(sku)) for sku, units in shelf.items() if offered.get(sku) != units}
        f = summary.figures(dsn)
        self._say(
            "Summary",
            f"{f.linked:,} linked products read back from the shop: {len(wrong):,} differ from the shelves\n"
            f"{f.changes:,} changes became {f.pushed:,} levels in {f.calls:,} calls; {f.failed_calls:,} calls failed, "
            f"{f.repeated:,} were repeated under the same key, {stats['double_applied']:,} applied twice\n"
            f"{f.conflicts:,} conflicts, {f.refused:,} refusals open",
        )
        outcome = "ok" if not wrong and not stats["double_applied"] else "failed"
        for sku, (units, shown) in list(wrong.items())[:10]:
            self._console.print(f"{sku}: {units} on the shelf, {shown} in the shop", markup=False)
        self._console.print(
            f"demo: {outcome} changes={f.changes} pushed={f.pushed} calls={f.calls} throttled={stats['throttled']} "
            f"refused={f.refused} discrepancies={len(wrong)} latency_p50_ms={f.p50} latency_p99_ms={f.p99}"
        )
        if outcome != "ok":
            sys.exit(1)

    def _say(self, title: str, text: str = "") -> None:
        self._console.print(f"\n{title}", style="bold", markup=False)
        if text:
            self._console.print(text, markup=False)


if __name__ == "__main__":
    main()
