-- A shop was read whole since p_tick: variants that were not shown are no more, and their products follow.
create or replace function sync.forget_variants(p_shop_id bigint, p_tick bigint) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_skus text[];
begin
  with gone as (
    delete from sync.variants as v where v.shop_id = p_shop_id and v.read_tick < p_tick returning v.sku
  )

  select array_agg(distinct g.sku) into v_skus from gone as g where g.sku is not null;
  perform sync.follow_variants(p_shop_id, v_skus);
end $$;
comment on function sync.forget_variants(bigint, bigint) is
'Forget variants that a shop has shown no more since a tick; their products are judged anew.';
