"""What the demo proved: figures from the database and from the shop, read back and compared."""

from __future__ import annotations

from dataclasses import dataclass

import psycopg
from psycopg.rows import class_row

from house.core import House

FIGURES = """
select
  (select count(*) from sync.change_log) as changes,
  (select coalesce(sum(entries), 0) from sync.requests where state = 'applied' and kind = 'inventory') as pushed,
  (select count(*) from sync.calls) as calls,
  (select count(*) from sync.calls where error_class is not null) as failed_calls,
  (select count(*) from sync.requests where state = 'rejected') as rejected,
  (select count(*) - count(distinct request_id) from sync.calls where request_id is not null) as repeated,
  (select count(*) from sync.level_conflicts) as conflicts,
  (select count(*) from sync.open_refusals) as refused,
  (select count(*) from sync.links where state = 'ok') as linked,
  (select count(*) from sync.product_links where state = 'ok') as products,
  (select count(*) from sync.field_conflicts) as field_conflicts,
  coalesce(l.p50, 0) as p50,
  coalesce(l.p99, 0) as p99
from (
  select
    percentile_cont(0.5) within group (order by milliseconds)::integer as p50,
    percentile_cont(0.99) within group (order by milliseconds)::integer as p99
  from sync.push_latencies
) as l
"""


@dataclass(frozen=True)
class Figures:
    """Counts over the whole demo; ``p50`` and ``p99`` are milliseconds from a change to Shopify's answer."""

    changes: int
    pushed: int
    calls: int
    failed_calls: int
    rejected: int
    repeated: int
    conflicts: int
    refused: int
    linked: int
    products: int
    field_conflicts: int
    p50: int
    p99: int


def figures(dsn: str) -> Figures:
    """The figures of the database."""
    with psycopg.connect(dsn, row_factory=class_row(Figures)) as connection:
        found = connection.execute(FIGURES).fetchone()
        assert found is not None
        return found


def differences(house: House) -> dict[str, tuple[int, int | None]]:
    """Linked products of which the shop offers another number than lies on the shelves, by SKU: both numbers."""
    shelf, offered = house.shelf(), house.offered()
    linked = [row["sku"] for row in house.rows("select sku from sync.links where state = 'ok' order by sku")]
    return {sku: (shelf[sku], offered.get(sku)) for sku in linked if shelf[sku] != offered.get(sku)}
