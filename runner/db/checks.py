"""What could go wrong later with a mapping: asked of its selects, which are functions of schema sync for the moment."""

from __future__ import annotations

from typing import Any

from runner.db.core import Connection, Row
from runner.db.names import literal


async def duplicates(connection: Connection) -> tuple[int, list[Row]]:
    """Product keys that several rows of [products] have: how many, and some: ``product_key, rows``."""
    cursor = await connection.execute(
        """
        select p.product_key, count(*) as rows, count(*) over () as found
        from sync.read_products() as p group by p.product_key having count(*) > 1 order by 2 desc, 1 limit 5
        """
    )
    rows = await cursor.fetchall()
    return (rows[0]["found"] if rows else 0), rows


async def skus(connection: Connection) -> Row:
    """``products``; those ``blank``, without a SKU; ``doubled``: SKUs of several products, and ``examples``."""
    cursor = await connection.execute(
        """
        with named as (
          select p.sku, count(*) as products from sync.read_products() as p group by p.sku
        )
        select coalesce(sum(n.products), 0)::bigint as products,
          coalesce(sum(n.products) filter (where n.sku is null), 0)::bigint as blank,
          count(*) filter (where n.sku is not null and n.products > 1) as doubled,
          (array_agg(n.sku order by n.sku) filter (where n.sku is not null and n.products > 1))[:5] as examples
        from named as n
        """
    )
    row = await cursor.fetchone()
    assert row is not None
    return row


async def stock(connection: Connection) -> Row:
    """Of the stock: ``unknown`` products that [products] does not have, their ``unknown_units`` and ``examples``;
    products with sums that are ``negative``, ``excessive``, or ``uncounted``: no number; locations that are
    ``elsewhere``, not among [locations]."""
    cursor = await connection.execute(
        """
        with found as materialized (select * from sync.read_stock()),
        strange as (
          select s.product_key, sum(s.available) as units from found as s
          where not exists (select from sync.read_products() as p where p.product_key = s.product_key)
          group by s.product_key
        )
        select
          (select count(*) from strange) as unknown,
          (select coalesce(sum(greatest(g.units, 0)), 0) from strange as g) as unknown_units,
          (select (array_agg(g.product_key order by g.product_key))[:5] from strange as g) as examples,
          sums.negative, sums.excessive, sums.uncounted,
          array(
            select distinct s.location_key from found as s
            where not exists (select from sync.read_locations() as l where l.location_key = s.location_key)
            order by 1 limit 5
          ) as elsewhere
        from (
          select
            count(distinct s.product_key) filter (where s.available < 0) as negative,
            count(distinct s.product_key) filter (where s.available > 1000000000 and s.available <> 'NaN') as excessive,
            count(distinct s.product_key) filter (where coalesce(s.available, 'NaN') = 'NaN') as uncounted
          from found as s
        ) as sums
        """
    )
    row = await cursor.fetchone()
    assert row is not None
    return row


async def sample(connection: Connection, products: int) -> list[Row]:
    """Some products with stock, as it would be shown: ``sku, title, location, available, detail``."""
    cursor = await connection.execute(
        """
        with chosen as materialized (
          select p.* from sync.read_products() as p
          where p.sku is not null
          order by p.product_key in (select s.product_key from sync.read_stock() as s where s.available > 0) desc,
            p.product_key
          limit %s
        )
        select
          p.product_key, p.sku, p.title, coalesce(l.name, s.location_key) as location,
          trim_scale(s.available) as available, s.detail
        from chosen as p
        left join sync.describe_stock((select array_agg(c.product_key) from chosen as c)) as s
          on s.product_key = p.product_key
        left join sync.read_locations() as l on l.location_key = s.location_key
        order by p.product_key, 4
        """,
        (products,),
    )
    return await cursor.fetchall()


async def plan(connection: Connection, select: str, condition: str, by: str, keys: int) -> dict[str, Any]:
    """How Postgres would read what belongs to so many products, or groups: the plan, as ``explain`` gives it, in JSON.

    ``condition`` is one on ``p_keys``, a text[]; ``by``: whether these are of a product or a group.
    """
    named = "p.product_key from sync.read_products()" if by == "product" else "p.group_key from sync.group_products()"
    cursor = await connection.execute(f"select array(select {named} as p limit %s) as keys".encode(), (keys,))
    row = await cursor.fetchone()
    listed = "array[" + ", ".join(literal(key) for key in (row["keys"] if row else [])) + "]::text[]"
    await connection.execute("select set_config('enable_seqscan', 'off', true)")
    cursor = await connection.execute(
        "explain (verbose, format json) "
        f"select from (\n{select}\n) as s where {condition.replace('p_keys', listed)}".encode()
    )
    found = await cursor.fetchone()
    assert found is not None
    return dict(found["QUERY PLAN"][0]["Plan"])
