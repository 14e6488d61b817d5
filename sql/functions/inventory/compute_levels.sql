-- What Shopify should hold NOW for some products: one row per linked product and managed Shopify location.
-- Runs when a change is relayed and again when it is sent. Units are added before parts of them are cut off; fewer
-- than none are none. A warehouse without any product is one that is not attached: then nothing is known, which is not
-- the same as nothing in stock. owed: what count_shelf() has to look at, of which uncounted is left by now.
create or replace function sync.compute_levels(p_shop_id bigint, p_keys text[])
returns table (
  product_key text,
  inventory_item_id bigint,
  location_id bigint,
  tracked boolean,
  counted integer,
  uncounted integer,
  owed integer,
  desired integer,
  seen integer
)
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
  return query
  with linked as materialized (
    select
      l.product_key, l.inventory_item_id, l.location_id, l.tracked, l.uncounted, l.unbooked, l.counted_before, l.seen,
      l.has_departed
    from sync.linked_levels as l
    where l.shop_id = p_shop_id and l.product_key = any (p_keys)
  ),

  stock as materialized (
    select
      s.product_key collate "C" as product_key, m.location_id,
      greatest(sync.whole_units(sum(s.available)) - coalesce(sum(o.units), 0), 0)::integer as available
    -- A key that is not linked may be one of an earlier mapping, and of another type.
    from sync.read_stock(array(select distinct k.product_key from linked as k where not k.has_departed)) as s
    join sync.shop_locations as m on m.shop_id = p_shop_id and m.location_key = s.location_key
    left join lateral (
      select sum(u.units) as units from sync.reserved_units as u
      where u.shop_id <> p_shop_id and u.product_key = s.product_key and u.location_key = s.location_key
    ) as o on true
    where m.location_id is not null
    group by 1, 2
  )

  select
    k.product_key, k.inventory_item_id, k.location_id, k.tracked, n.counted, n.uncounted, k.uncounted + k.unbooked,
    case when k.has_departed then 0 else n.counted - n.uncounted end, k.seen
  from linked as k
  left join stock as s on s.product_key = k.product_key and s.location_id = k.location_id and not k.has_departed
  cross join lateral (
    select
      coalesce(s.available, 0) as counted,
      sync.still_owed(k.uncounted, k.unbooked, k.counted_before, coalesce(s.available, 0)) as uncounted
  ) as n
  where sync.has_products();
end $$;
comment on function sync.compute_levels(bigint, text[]) is
'What Shopify should hold now for some products: counted in the warehouse, less the units of orders not yet imported.';
