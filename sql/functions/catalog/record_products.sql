-- Note products as Shopify showed them (nodes of the Admin API; with variants, and all of them unless there is a next
-- page, or no page at all), read or answered by a call that began with p_tick. Variants that a product has no more are
-- forgotten; links and stock follow the others.
create or replace function sync.record_products(p_shop_id bigint, p_tick bigint, p_nodes json) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_digits integer;
  v_skus text[];
begin
  select sync.currency_digits(h.currency) into v_digits from sync.shops as h where h.id = p_shop_id;
  perform sync.record_variants(p_shop_id, p_tick, json_agg(json_build_object(
    'variant_id', sync.gid_number(v.node ->> 'id'), 'product_id', sync.gid_number(n.node ->> 'id'),
    'inventory_item_id', sync.gid_number(v.node #>> '{inventoryItem,id}'), 'sku', v.node ->> 'sku',
    'title', v.node ->> 'displayName', 'tracked', (v.node #>> '{inventoryItem,tracked}')::boolean,
    'barcode', v.node ->> 'barcode', 'handle', n.node ->> 'handle'
  )))
  from json_array_elements(p_nodes) as n (node)
  cross join json_array_elements(n.node #> '{variants,nodes}') as v (node)
  having count(*) > 0;

  insert into sync.products as p (shop_id, product_id, fields, created_at, updated_at, read_at, read_tick)
  select
    p_shop_id, sync.gid_number(n.node ->> 'id'), sync.shown_product(n.node), (n.node ->> 'createdAt')::timestamptz,
    (n.node ->> 'updatedAt')::timestamptz, clock_timestamp(), p_tick
  from json_array_elements(p_nodes) as n (node)
  where n.node ->> 'id' is not null  -- of a request that asked for nothing
  order by 2
  on conflict (shop_id, product_id) do update
  set
    fields = excluded.fields, created_at = coalesce(excluded.created_at, p.created_at), updated_at = excluded.updated_at,
    read_at = excluded.read_at, read_tick = excluded.read_tick
  where p.read_tick <= excluded.read_tick;

  with gone as (
    delete from sync.variants as o
    using json_array_elements(p_nodes) as n (node)
    where o.shop_id = p_shop_id and o.product_id = sync.gid_number(n.node ->> 'id') and o.read_tick < p_tick
      and not (n.node #>> '{variants,pageInfo,hasNextPage}')::boolean
    returning o.variant_id, o.sku
  ),

  forgotten as (
    delete from sync.catalog_variants as m using gone as g where m.shop_id = p_shop_id and m.variant_id = g.variant_id
  )

  select array_agg(distinct g.sku) into v_skus from gone as g where g.sku is not null;
  perform sync.follow_variants(p_shop_id, v_skus);

  update sync.product_links as k
  set
    updated_at = (n.node ->> 'updatedAt')::timestamptz,
    media = case when n.node -> 'media' is null then k.media else array(
      select sync.gid_number(m.node ->> 'id')
      from json_array_elements(n.node #> '{media,nodes}') with ordinality as m (node, place) order by m.place
    ) end
  from json_array_elements(p_nodes) as n (node)
  where k.shop_id = p_shop_id and k.product_id = sync.gid_number(n.node ->> 'id');

  with shown as materialized (
    select
      sync.gid_number(v.node ->> 'id') as variant_id, (v.node ->> 'position')::integer as position,
      sync.shown_variant(v.node, v_digits) as fields
    from json_array_elements(p_nodes) as n (node)
    cross join json_array_elements(n.node #> '{variants,nodes}') as v (node)
  ),

  mirrored as (
    update sync.variants as o
    set position = s.position, options = s.fields -> 'optionValues', fields = s.fields - 'optionValues'
    from shown as s
    where o.shop_id = p_shop_id and o.variant_id = s.variant_id and o.read_tick <= p_tick
  )

  insert into sync.field_bases as b (shop_id, entity, key, seen, seen_at, seen_tick)
  select p_shop_id, s.entity, s.key, s.seen, clock_timestamp(), p_tick
  from (
    select 'product' as entity, k.group_key as key, sync.shown_product(n.node) as seen
    from json_array_elements(p_nodes) as n (node)
    join sync.product_links as k on k.shop_id = p_shop_id and k.product_id = sync.gid_number(n.node ->> 'id')
    union all
    select 'variant', m.product_key, v.fields
    from shown as v
    join sync.catalog_variants as m on m.shop_id = p_shop_id and m.variant_id = v.variant_id
    -- A product that has moved to another group has left a variant behind.
    where not exists (
      select from sync.catalog_variants as o
      where o.shop_id = m.shop_id and o.product_key = m.product_key and o.variant_id > m.variant_id
    )
  ) as s
  order by s.entity, s.key
  on conflict (shop_id, entity, key) do update
  set seen = b.seen || excluded.seen, seen_at = excluded.seen_at, seen_tick = excluded.seen_tick
  where b.seen_tick <= excluded.seen_tick;
end $$;
comment on function sync.record_products(bigint, bigint, json) is 'Note products as Shopify showed them.';
