-- All products of a shop were read since p_tick: those that were not shown are no more. Returns how many.
create or replace function sync.forget_unshown(p_shop_id bigint, p_tick bigint) returns integer
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_gone bigint[] := array(
    select p.product_id from sync.products as p where p.shop_id = p_shop_id and p.read_tick < p_tick
    union
    select k.product_id from sync.product_links as k
    where k.shop_id = p_shop_id and k.product_id is not null and not exists (
      select from sync.products as p where p.shop_id = p_shop_id and p.product_id = k.product_id
    )
  );
begin
  perform sync.forget_products(p_shop_id, v_gone) where v_gone <> '{}';
  return cardinality(v_gone);
end $$;
comment on function sync.forget_unshown(bigint, bigint) is
'Forget products that a shop has not shown though all were read since a tick; returns how many.';
