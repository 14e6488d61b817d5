"""``python -m soak --minutes 15``: the house under load, then nothing may be lost and nothing have grown."""

from __future__ import annotations

import asyncio
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from house import catalog, postgres, sandbox, warehouse
from house.core import House
from house.figures import progress
from house.process import HouseError
from house.warehouse import HALLS
from runner.schema import revisions
from soak import verdict
from soak.load import Load
from soak.samples import Sample, Sampler, is_hot, trouble

RUNNERS = 2
SAMPLE_SECONDS = 10.0
SECONDS_TO_DRAIN = 300
# Ten times the standard bucket; an answer takes as long as one over a good line.
SANDBOX = ("--capacity", "20000", "--restore-rate", "1000", "--latency-ms", "20", "--locations", "Front,Back")
SHOWN_AT = tuple(map("=".join, zip(HALLS, ("Front", "Back"), strict=True)))
ON_THE_SHELF = """
select k.sku, m.location_id, count(i.id) filter (where i.status = 'received') as units
from sync.links as k
join sync.shop_locations as m using (shop_id)
left join warehouse.shipment_items as i
  on k.product_key = i.product_id::text and m.location_key = i.location_id::text
where k.state = 'ok' and m.location_id is not null
group by k.sku, m.location_id
"""


@click.command()
@click.option("--minutes", default=15.0, show_default=True, type=click.FloatRange(0, min_open=True))
@click.option("--rate", default=300.0, show_default=True, help="Changes per second in the warehouse.")
@click.option("--products", default=2000, show_default=True, type=click.IntRange(20))
@click.option("--seed", default=1, show_default=True)
def main(minutes: float, rate: float, products: int, seed: int) -> None:
    """Two runners, a Postgres set up as in production, a shop that fails now and then: see what grows."""
    with ExitStack() as stack:
        server = stack.enter_context(postgres.serve({**postgres.PRODUCTION, "log_min_messages": "warning"}))
        options = ("--products", str(products), "--variants-per-product", "1", *SANDBOX)
        shop = stack.enter_context(sandbox.running(*options))
        house = House(server.dsn, shop)
        stack.callback(house.close)
        variants = list(catalog.variants(shop))
        warehouse.build(house.dsn)
        warehouse.fill(house.connection, [v.product for v in variants], seed)
        revisions.upgrade(house.dsn)
        warehouse.attach(house.dsn)
        asyncio.run(house.join(SHOWN_AT))
        logs = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        files = [stack.enter_context((logs / str(n)).open("wb")) for n in range(RUNNERS)]
        runners = [stack.enter_context(house.runner(log=file)) for file in files]
        _drain(house)
        load = Load(house.dsn, shop, [str(v.sku) for v in variants], rate, seed)
        samples = _watch(house.dsn, load, [runner.pid for runner in runners], minutes * 60)
        _drain(house)
        # As the runner does every 15 minutes: what was typed into the admin since is found only so.
        house.command("reconcile", "inventory")
        _drain(house)
        problems = [f"runner {n} ended" for n, one in enumerate(runners) if one.poll() is not None]
        problems += load.errors
        problems += (told := trouble(server.data / "log"))[:5]
        problems += _judge(house)
        found = verdict.figures(samples, rate)
        problems += verdict.faults(found, samples[-1].seconds)
        _print(samples)
        for figure in found:
            click.echo(str(figure))
        for problem in problems:
            progress(problem)
        click.echo(
            f"soak: {'failed' if problems else 'ok'} minutes={minutes:g} runners={RUNNERS} "
            f"changes={samples[-1].changes} problems={len(problems)} database_errors={len(told)} "
            f"double_applied={shop.stats()['double_applied']}"
        )
        sys.exit(1 if problems else 0)


def _watch(dsn: str, load: Load, runners: Sequence[int], seconds: float) -> list[Sample]:
    never = threading.Event()
    step = min(SAMPLE_SECONDS, seconds / 6)
    with load.running():
        sampler = Sampler(dsn, load, runners)
        samples: list[Sample] = []
        begun = time.monotonic()
        try:
            while (now := time.monotonic() - begun) < seconds and not load.errors:
                never.wait(step * (len(samples) + 1) - now)
                samples.append(sampler.take())
                progress(" ".join(_line(samples, len(samples) - 1)))
        finally:
            sampler.close()
    return samples


def _drain(house: House) -> None:
    """What is still pending in the end is told by the verdict."""
    with suppress(HouseError):
        house.wait_quiet(SECONDS_TO_DRAIN, 0.25)


def _judge(house: House) -> list[str]:
    """What was lost or done twice."""
    problems = [] if house.is_quiet() else [f"changes are still pending after {SECONDS_TO_DRAIN} s"]
    offered = {
        (level["sku"], int(level["location_id"].rsplit("/", 1)[1])): level["available"]
        for level in house.sandbox.state()
    }
    shelf = {(row["sku"], row["location_id"]): row["units"] for row in house.rows(ON_THE_SHELF)}
    known = house.rows("select sku, cause, expected, found from sync.open_discrepancies limit 3")
    wrong = {key: (units, offered.get(key)) for key, units in shelf.items() if offered.get(key) != units}
    if wrong or not shelf:
        problems.append(
            f"{len(wrong)} of {len(shelf)} levels differ (on the shelf, in the shop): {list(wrong.items())[:3]}; "
            f"discrepancies: {known}"
        )
    if twice := house.sandbox.stats()["double_applied"]:
        problems.append(f"{twice} requests were applied twice")
    return problems


COLUMNS = ("s", "changes/s", "rss MB", "hot MB", "dead", "p50 ms", "p99 ms", "pending", "oldest s", "log rows/s")


def _line(samples: Sequence[Sample], n: int) -> list[str]:
    one = samples[n]
    seen = verdict.window([one])
    seconds = one.seconds - (samples[n - 1].seconds if n else 0.0)
    changes = one.changes - (samples[n - 1].changes if n else 0)
    rows = verdict.log_rows(samples[n - 1] if n else None, one)
    return [
        f"{one.seconds:.0f}", f"{changes / seconds:.0f}", "+".join(f"{rss / 1e6:.0f}" for rss in one.rss),
        f"{one.hot_bytes / 1e6:.1f}", str(sum(t.dead for name, t in one.tables.items() if is_hot(name))),
        f"{seen.p50:.0f}", f"{seen.p99:.0f}", str(one.pending), f"{one.oldest:.1f}", f"{rows / seconds:.0f}",
    ]  # fmt: skip


def _print(samples: Sequence[Sample]) -> None:
    """The samples, and below them the tables in the order of their size."""
    console = Console(width=120)
    course = Table(*COLUMNS, box=None, pad_edge=False)
    for n in range(len(samples)):
        course.add_row(*_line(samples, n))
    console.print(course)
    second, last = samples[min(len(samples) - 1, len(samples) // 6)], samples[-1]
    sizes = Table("table", "hot", "kB then", "kB now", "dead then", "dead now", "rows", box=None, pad_edge=False)
    for name, table in sorted(last.tables.items(), key=lambda item: -item[1].bytes):
        before = second.tables.get(name)
        if table.inserted and before:
            sizes.add_row(
                name, "hot" if is_hot(name) else "log", str(before.bytes // 1024), str(table.bytes // 1024),
                str(before.dead), str(table.dead), str(table.inserted),
            )  # fmt: skip
    console.print(sizes)


if __name__ == "__main__":
    main()
