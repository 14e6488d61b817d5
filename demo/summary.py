"""What the demo proved: figures from the database and from the shop, read back and compared."""

from __future__ import annotations

from dataclasses import dataclass

import psycopg
from psycopg.rows import class_row

FIGURES = """
select
  (select count(*) from sync.change_log) as changes,
  (select coalesce(sum(entries), 0) from sync.requests where state = 'applied') as pushed,
  (select count(*) from sync.calls) as calls,
  (select count(*) from sync.calls where error_class is not null) as failed_calls,
  (select count(*) from sync.requests where state = 'rejected') as rejected,
  (select count(*) - count(distinct request_id) from sync.calls where request_id is not null) as repeated,
  (select count(*) from sync.level_conflicts) as conflicts,
  (select count(*) from sync.open_refusals) as refused,
  (select count(*) from sync.links where state = 'ok') as linked,
  coalesce(l.p50, 0) as p50,
  coalesce(l.p99, 0) as p99
from (
  select
    percentile_cont(0.5) within group (order by milliseconds)::integer as p50,
    percentile_cont(0.99) within group (order by milliseconds)::integer as p99
  from sync.push_latencies
) as l
"""

# Counted in the warehouse's own table, not through any view of ours.
ON_THE_SHELF = """
select k.sku, count(i.id) filter (where i.status = 'received') as units
from sync.links as k
left join warehouse.shipment_items as i on k.product_key = i.product_id::text
where k.state = 'ok'
group by k.sku
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
    p50: int
    p99: int


def figures(dsn: str) -> Figures:
    """The figures of the database."""
    with psycopg.connect(dsn, row_factory=class_row(Figures)) as connection:
        found = connection.execute(FIGURES).fetchone()
        assert found is not None
        return found


def on_the_shelf(dsn: str) -> dict[str, int]:
    """Units that every linked product has, by SKU."""
    with psycopg.connect(dsn) as connection:
        return dict(connection.execute(ON_THE_SHELF).fetchall())


def is_quiet(dsn: str) -> bool:
    """Whether everything committed has been acknowledged."""
    with psycopg.connect(dsn) as connection:
        return connection.execute("select 1 from sync.pending_changes limit 1").fetchone() is None
