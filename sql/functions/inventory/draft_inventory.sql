-- Which levels would change at Shopify if a shop went live now. The fingerprint stands for every number of it; the
-- basis for what the numbers are made by: the warehouse mapping and the mapped locations.
create or replace function sync.draft_inventory(p_shop_id bigint)
returns table (fingerprint text, basis text, parts integer, moves integer, losses integer, detail jsonb)
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_basis text;
begin
  select md5(
    coalesce((select m.fingerprint from sync.mapping as m), '') || coalesce((
      select string_agg(format('%s=%s', m.location_key, m.location_id), ',' order by m.location_key)
      from sync.shop_locations as m where m.shop_id = p_shop_id
    ), '')
  ) into v_basis;
  return query
  with compared as (
    select c.inventory_item_id as item, c.location_id as place, c.desired, coalesce(c.seen, 0) as seen
    from sync.compute_levels(p_shop_id, array(
      select k.product_key from sync.linked_items as k where k.shop_id = p_shop_id
    )) as c
    where c.tracked
  )

  select
    left(md5(v_basis || coalesce(
      string_agg(format('%s,%s,%s,%s', c.item, c.place, c.seen, c.desired), ';' order by c.item, c.place)
      filter (where c.desired <> c.seen), ''
    )), 12),
    v_basis,
    count(*)::integer,
    (count(*) filter (where c.desired <> c.seen))::integer,
    (count(*) filter (where c.desired <= 0 and c.seen > 0))::integer,
    jsonb_build_object(
      'units_up', coalesce(sum(c.desired - c.seen) filter (where c.desired > c.seen), 0),
      'units_down', coalesce(sum(c.seen - c.desired) filter (where c.desired < c.seen), 0)
    )
  from compared as c;
end $$;
comment on function sync.draft_inventory(bigint) is 'Which levels would change at Shopify if a shop went live now, with its fingerprint.';
