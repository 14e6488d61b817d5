-- Units that a shop offers and that are out of our hands: Shopify does not take a smaller number, does not track them
-- any more, or no product is linked to them.
create or replace function sync.unheld_stock(p_shop_id bigint)
returns table (subject text, message text, product_key text, units integer)
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
  return query
  with refused as (
    select f.key, f.part, f.message
    from sync.refusals as f
    where f.shop_id = p_shop_id and f.kind = 'inventory'
  ),

  unheld as (
    select
      c.product_key, c.inventory_item_id, c.location_id, c.seen as units,
      format('the warehouse has %s to offer, and Shopify refuses it: %s', greatest(c.desired, 0), f.message) as why
    from sync.compute_levels(p_shop_id, array(select r.key from refused as r)) as c
    inner join lateral (
      select min(r.message) as message
      from refused as r
      where r.key = c.product_key and r.part in (c.location_id::text, '')
    ) as f on f.message is not null
    where c.tracked and c.seen > 0 and c.desired < c.seen
    union all
    select
      k.product_key, e.inventory_item_id, null, sum(e.available)::integer,
      'Shopify does not track them any more, and sells them whatever there is.'
    from sync.variants as v
    inner join sync.links as k on v.shop_id = k.shop_id and v.variant_id = k.variant_id
    inner join sync.levels as e on k.shop_id = e.shop_id and k.inventory_item_id = e.inventory_item_id
    where v.shop_id = p_shop_id and not v.tracked and coalesce(e.acknowledged, e.counted) is not null
    group by k.product_key, e.inventory_item_id
    union all
    select null, e.inventory_item_id, e.location_id, e.available, 'no product is linked to them any more.'
    from sync.levels as e
    where e.shop_id = p_shop_id and e.acknowledged > 0 and e.available > 0 and not exists (
      select from sync.linked_items as k where k.shop_id = e.shop_id and k.inventory_item_id = e.inventory_item_id
    )
  )

  select
    coalesce(k.sku, v.sku, v.title, u.product_key) || coalesce(' at ' || o.name, ''),
    format(
      '%s offers %s of %s%s from us that it cannot be told to take back: %s', h.domain,
      case u.units when 1 then '1 unit' else u.units || ' units' end,
      coalesce(k.sku, v.sku, v.title, u.product_key), ' at ' || o.name, u.why
    ),
    u.product_key,
    u.units
  from unheld as u
  inner join sync.shops as h on h.id = p_shop_id
  left join sync.locations as o on o.shop_id = p_shop_id and u.location_id = o.location_id
  left join sync.links as k on k.shop_id = p_shop_id and u.product_key = k.product_key
  left join sync.variants as v on v.shop_id = p_shop_id and u.inventory_item_id = v.inventory_item_id;
end $$;
comment on function sync.unheld_stock(bigint) is
'Units that a shop offers and that are out of our hands: refused, no longer tracked, or linked to no product any more.';
