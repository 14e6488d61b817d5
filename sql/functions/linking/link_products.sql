-- Link the warehouse's products to a shop's variants by SKU, after all variants were read. Then
-- everything that differs becomes pending.
create or replace function sync.link_products(p_shop_id bigint)
returns table (linked integer, broken integer, ambiguous integer, without_sku integer, marked integer)
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  perform sync.follow_products(p_shop_id, null);
  perform sync.judge_links(p_shop_id, null);
  perform sync.end_refusals(p_shop_id);
  update sync.shops set linked_at = now() where id = p_shop_id;
  return query
  select
    count(*) filter (where k.state = 'ok')::integer,
    count(*) filter (where k.state = 'broken')::integer,
    count(*) filter (where k.state = 'ambiguous')::integer,
    (select count(*)::integer from sync.variants as v where v.shop_id = p_shop_id and v.sku is null),
    sync.mark_shop(p_shop_id)::integer
  from sync.links as k where k.shop_id = p_shop_id;
end $$;
comment on function sync.link_products(bigint) is
'Link products to variants by SKU and note what must be pushed; returns how many of each.';
