"""What the demo proved: figures from the database and from the shop, read back and compared."""

from __future__ import annotations

from dataclasses import dataclass

import psycopg
from psycopg.rows import class_row

FIGURES = """
-- A product's latency runs from its first change that a request carried to Shopify's answer.
with carried as (
  select
    k.product_key,
    r.created_at,
    r.answered_at,
    lag(r.created_at, 1, h.linked_at) over (partition by k.product_key order by r.created_at) as after
  from sync.requests as r
  cross join sync.request_entries(r.variables) as e
  inner join sync.shops as h on r.shop_id = h.id
  inner join sync.links as k on r.shop_id = k.shop_id and e.inventory_item_id = k.inventory_item_id
  where r.state = 'applied'
),

latencies as (
  select 1000 * extract(epoch from c.answered_at - min(g.changed_at)) as ms
  from carried as c
  inner join sync.change_log as g
    on c.product_key in (g.key, g.old_key) and g.entity = 'item' and g.changed_at between c.after and c.created_at
  group by c.product_key, c.answered_at
)

select
  (select count(*) from sync.change_log) as changes,
  (select coalesce(sum(entries), 0) from sync.requests where state = 'applied') as pushed,
  (select count(*) from sync.calls) as calls,
  (select count(*) from sync.calls where error_class is not null) as failed_calls,
  (select count(*) from sync.requests where state = 'rejected') as rejected,
  (select count(*) - count(distinct request_id) from sync.calls where request_id is not null) as repeated,
  (select count(*) from sync.conflicts) as conflicts,
  (select count(*) from sync.open_refusals) as refused,
  (select count(*) from sync.links where state = 'ok') as linked,
  (select coalesce(percentile_cont(0.5) within group (order by ms), 0)::integer from latencies) as p50,
  (select coalesce(percentile_cont(0.99) within group (order by ms), 0)::integer from latencies) as p99
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
