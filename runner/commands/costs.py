"""What calls of the Admin API cost."""

from __future__ import annotations

from typing import Any

import click

from runner.commands import show
from runner.commands.core import ask, json_option
from runner.config import Settings
from runner.db import Database
from runner.db import costs as db
from runner.db import shops as db_shops
from runner.shopify.costs import best_sizes

SPANS = {"1h": "1 hour", "1d": "1 day", "7d": "7 days"}
COLUMNS = (
    "shop", "document", "calls", "throttled", "points", "requested", "share", "items", "points_per_item",
    "items_per_call", "best_size", "ms_mean", "ms_p95",
)  # fmt: skip


@click.command()
@click.option("--since", type=click.Choice(list(SPANS)), default="1d", show_default=True, help="How far back.")
@click.option("--shop", "domain", help="Only this shop.")
@json_option
@click.pass_obj
def costs(settings: Settings, since: str, domain: str | None, as_json: bool) -> None:
    """Say what each document costs: points, those of an item, the share of what Shopify gives, milliseconds.

    Of a call that reads, items are the nodes of its page; of one that writes, the entries of its request.
    """
    found = ask(settings, lambda database: _costs(database, SPANS[since], domain))
    shown = found if as_json else [_shown(row) for row in found]
    show.rows(shown, COLUMNS, as_json=as_json, empty="Nothing was called.")


async def _costs(database: Database, span: str, domain: str | None) -> list[dict[str, Any]]:
    best = {shop.domain: await best_sizes(database, shop.id) for shop in await db_shops.shops(database, domain)}
    found = await db.query_costs(database, span, domain)
    return [{**row, "best_size": best.get(row["shop"], {}).get(row["document"])} for row in found]


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    """The row as people read it: rounded, a share in percent."""
    share, per_item, per_call = row["budget_share"], row["points_per_item"], row["items_per_call"]
    return {
        **row,
        "requested": row["points_requested"],
        "share": None if share is None else f"{share:.2%}",
        "points_per_item": None if per_item is None else round(per_item, 3),
        "items_per_call": None if per_call is None else round(per_call, 1),
        "ms_mean": round(row["milliseconds_mean"]),
        "ms_p95": round(row["milliseconds_p95"]),
    }
