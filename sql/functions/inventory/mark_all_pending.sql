-- After a bulk change or a truncate nobody knows which products changed: look at every linked one.
create or replace function sync.mark_all_pending(
  p_shop_id bigint, p_since timestamptz default now(), p_run_id bigint default null, p_cleared boolean default false
)
returns integer
language sql
set search_path = pg_catalog, pg_temp
begin atomic
select sync.mark_pending(p_shop_id, array_agg(k.product_key), array_agg(p_since), p_run_id, p_cleared)
from sync.links as k
where k.shop_id = p_shop_id and k.state = 'ok';
end;
comment on function sync.mark_all_pending(bigint, timestamptz, bigint, boolean) is
'Look at every linked product of a shop and note those whose stock must be pushed; returns how many.';
