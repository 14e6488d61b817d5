"""What people see on a terminal: tables, JSON, the state of the house."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import click
from rich.console import Console, Group
from rich.table import Table
from rich.text import Text

from runner import plain

NO_SHOP = "No shop yet. Run: shelfwire shop add DOMAIN"


def console() -> Console:
    """Where tables go. A pipe gets whole lines, however long."""
    return Console(file=sys.stdout, width=None if sys.stdout.isatty() else 200, highlight=False)


def say(*lines: str, err: bool = False) -> None:
    """Print lines that hold words of others: each stays one line, and moves no cursor."""
    for line in lines:
        click.echo(plain.plain(line), err=err)


def dump(value: object) -> str:
    """JSON, with times in ISO 8601."""
    return json.dumps(value, default=_plain, indent=2)


def _plain(value: object) -> object:
    if isinstance(value, Decimal) and value.is_finite():
        return int(value) if value == value.to_integral_value() else float(value)
    return value.isoformat() if isinstance(value, datetime) else str(value)


def rows(found: Sequence[Mapping[str, Any]], columns: Sequence[str], *, as_json: bool, empty: str) -> None:
    """Print rows: all columns as JSON, or the chosen ones as a table."""
    if as_json:
        print(dump(list(found)))
    elif not found:
        print(empty)
    else:
        console().print(table(found, columns))


def table(found: Iterable[Mapping[str, Any]], columns: Sequence[str]) -> Table:
    """A table of the chosen columns."""
    made = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        made.add_column(column.replace("_", " "), overflow="fold")
    for row in found:
        made.add_row(*(cell(row[column]) for column in columns))
    return made


def cell(value: Any) -> Text:
    """One value as people write it."""
    if value is None:
        return Text("-", style="dim")
    if isinstance(value, bool):
        return Text("yes" if value else "no")
    if isinstance(value, int | float | Decimal):
        return Text(f"{value:,}", justify="right")
    if isinstance(value, datetime):
        return Text(f"{value.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC")
    if isinstance(value, list):
        return Text(plain.cell(", ".join(map(str, value))))
    return Text(plain.cell(str(value)))


def status(
    health: Sequence[Mapping[str, Any]], totals: Mapping[str, int], runners: Sequence[Mapping[str, Any]]
) -> Group:
    """The state of the whole house: a line for the queue, one for the runners, one row per shop, and what holds it."""
    columns = (
        "shop", "mode", "linked", "unlinked", "untracked", "pending", "oldest_pending_at", "refused", "open_requests",
        "last_acknowledged_at", "budget_points", "last_call_error", "circuit",
    )  # fmt: skip
    line = f"{totals['queued']:,} changes in the queue, {totals['pending']:,} products pending, {totals['jobs']:,} jobs"
    shops = table(health, columns) if health else Text(NO_SHOP)
    held = [
        Text(plain.plain(f"{row['shop']} is held: {row[reason]}"), style="bold red")
        for row in health
        for reason in ("held_reason", "writer", "refused_documents")
        if row[reason]
    ]
    return Group(Text(line), _at_work(runners), shops, *held)


def _at_work(runners: Sequence[Mapping[str, Any]]) -> Text:
    troubles = sorted({runner["trouble"] for runner in runners if runner["trouble"]})
    if not runners:
        return Text("No runner listens: changes are kept, but nothing is sent. Run: shelfwire run", style="bold red")
    if troubles:
        why = f"A runner waits: {'; '.join(troubles)}. Its log says more, at postgres.awaited."
        return Text(plain.plain(why), style="bold red")
    return Text(f"{len(runners):,} runner{'s' if len(runners) > 1 else ''} at work")
