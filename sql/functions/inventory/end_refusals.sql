-- What was refused and has nothing left to send is refused no more: the level is right, its location shows nothing, or
-- no variant is tracked or linked. What is still wrong is sent again by whoever reconciles.
create or replace function sync.end_refusals(p_shop_id bigint) returns integer
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_keys text[] := array(
    select distinct f.key from sync.refusals as f where f.shop_id = p_shop_id and f.kind = 'inventory'
  );
  v_ended integer;
begin
  if cardinality(v_keys) = 0 then
    return 0;
  end if;
  with wrong as materialized (
    select c.product_key, c.location_id::text as part
    from sync.compute_levels(p_shop_id, v_keys) as c
    where c.tracked and c.desired is distinct from c.seen
  )

  delete from sync.refusals as f
  where f.shop_id = p_shop_id and f.kind = 'inventory' and sync.has_products() and not exists (
    select from wrong as w where w.product_key = f.key and f.part in (w.part, '')
  );
  get diagnostics v_ended = row_count;
  return v_ended;
end $$;
comment on function sync.end_refusals(bigint) is
'Forget refusals of stock that has nothing left to send; returns how many.';
