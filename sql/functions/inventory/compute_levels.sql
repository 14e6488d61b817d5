-- What Shopify should hold NOW for some products: one row per linked product and managed Shopify location.
-- Runs when a change is relayed and again when it is sent. A warehouse without any product is one that is not
-- attached: then nothing is known, which is not the same as nothing in stock.
create or replace function sync.compute_levels(p_shop_id bigint, p_keys text[])
returns table (
  product_key text,
  inventory_item_id bigint,
  location_id bigint,
  tracked boolean,
  counted integer,
  uncounted integer,
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
    select k.product_key, k.variant_id, k.inventory_item_id from sync.links as k
    where k.shop_id = p_shop_id and k.product_key = any (p_keys) and k.state = 'ok'
  ),

  stock as materialized (
    select s.product_key collate "C" as product_key, m.location_id, sync.whole_units(sum(s.available)) as available
    -- A key that is not linked may be one of an earlier mapping, and of another type.
    from sync.read_stock(array(select k.product_key from linked as k)) as s
    join sync.shop_locations as m on m.shop_id = p_shop_id and m.location_key = s.location_key
    where m.location_id is not null
    group by 1, 2
  ),

  managed as materialized (
    select m.location_id from sync.managed_locations as m where m.shop_id = p_shop_id
  )

  select
    k.product_key,
    k.inventory_item_id,
    m.location_id,
    v.tracked,
    coalesce(s.available, 0),
    greatest(e.committed - e.committed_counted, 0),
    coalesce(s.available, 0) - greatest(e.committed - e.committed_counted, 0),
    e.available
  from linked as k
  -- Looked up one by one, whatever plan the runner keeps: it may have been made while there were few.
  join lateral (
    select w.tracked from sync.variants as w where w.shop_id = p_shop_id and w.variant_id = k.variant_id limit 1
  ) as v on true
  cross join managed as m
  left join stock as s on s.product_key = k.product_key and s.location_id = m.location_id
  left join lateral (
    select l.available, l.committed, l.committed_counted from sync.levels as l
    where l.shop_id = p_shop_id and l.inventory_item_id = k.inventory_item_id and l.location_id = m.location_id
    limit 1
  ) as e on true
  where exists (select from sync.source_products);
end $$;
comment on function sync.compute_levels(bigint, text[]) is
'What Shopify should hold now for some products: counted in the warehouse, less the units of orders not yet imported.';
