"""``python -m bench [GROUP ...]``: print one ``name value unit`` per line."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import click

from bench import bulk, capture, catalog, connectors, latency, memory, million, push, reconcile, relay, stock, webhooks
from bench.scale import Scale
from house.figures import Figure
from runner import log

# A group is a module of its own whose measure() yields figures.
GROUPS: dict[str, Callable[[Scale], Iterator[Figure]]] = {
    "capture": capture.measure,
    "stock": stock.measure,
    "relay": relay.measure,
    "push": push.measure,
    "latency": latency.measure,
    "memory": memory.measure,
    "reconcile": reconcile.measure,
    "connectors": connectors.measure,
    "catalog": catalog.measure,
    "bulk": bulk.measure,
    "webhooks": webhooks.measure,
    "scale": million.measure,
}


@click.command()
@click.argument("groups", nargs=-1, type=click.Choice(list(GROUPS)))
@click.option("--scale", type=click.FloatRange(0, 1, min_open=True), default=1.0, help="1 is what counts.")
def main(groups: tuple[str, ...], scale: float) -> None:
    """Measure the groups, or all."""
    log.configure("WARNING")  # to stderr: stdout is for figures
    for name in groups or GROUPS:
        for figure in GROUPS[name](Scale(scale)):
            click.echo(str(figure))


if __name__ == "__main__":
    main()
