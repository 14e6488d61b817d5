"""The live table: what is pending, what arrived."""

from __future__ import annotations

from typing import Any

import psycopg
from psycopg.rows import dict_row
from rich.console import Console, Group
from rich.table import Table
from rich.text import Text

from runner.plain import plain

TOTALS = """
select
  (select count(*) from sync.change_log) as changes,
  (select count(*) from sync.queued_changes) as queued,
  (select count(*) from sync.pending) as pending,
  (select count(*) from sync.requests where state = 'open') as in_flight,
  (select coalesce(sum(entries), 0) from sync.requests where state = 'applied') as pushed,
  (select count(*) from sync.calls) as calls,
  (select budget_points from sync.sync_health) as budget
"""
ARRIVED = """
select e.answered_at, k.sku, q.change_from_quantity as before, q.quantity as after,
  round(1000 * extract(epoch from e.answered_at - e.created_at)) as ms
from (
  select * from sync.requests where state = 'applied' order by answered_at desc limit 8
) as e
cross join lateral (select * from sync.level_entries(e.variables) limit 1) as q
inner join sync.links as k on k.shop_id = e.shop_id and k.inventory_item_id = q.inventory_item_id
order by e.answered_at desc
"""


class View:
    """Reads the database and draws it: a table that stays on a terminal, a line every two seconds elsewhere."""

    def __init__(self, dsn: str, console: Console) -> None:
        self._connection = psycopg.connect(dsn, autocommit=True, row_factory=dict_row)
        self._console = console

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def draw(self, seconds_left: float, note: str) -> Group:
        """The table as it is now."""
        head = self._totals()
        totals = Table(box=None, pad_edge=False)
        for name in head:
            totals.add_column(name.replace("_", " "), justify="right")
        totals.add_row(*(f"{value:,}" for value in head.values()))
        arrived = Table(box=None, pad_edge=False, title="last arrived in Shopify", title_justify="left")
        for name in ("time", "sku", "before", "after", "ms"):
            arrived.add_column(name, justify="left" if name in ("time", "sku") else "right")
        for row in self._connection.execute(ARRIVED).fetchall():
            arrived.add_row(
                f"{row['answered_at']:%H:%M:%S}",
                Text(plain(row["sku"])),
                str(row["before"]),
                str(row["after"]),
                str(row["ms"]),
            )
        return Group(Text(f"{seconds_left:4.0f} s left   {note}", style="bold"), totals, Text(), arrived)

    def line(self, seconds_left: float, note: str) -> str:
        """The same in one line."""
        return (
            f"{seconds_left:4.0f} s left  " + "  ".join(f"{k} {v:,}" for k, v in self._totals().items()) + f"  {note}"
        )

    def _totals(self) -> dict[str, Any]:
        row = self._connection.execute(TOTALS).fetchone()
        assert row is not None
        return row
