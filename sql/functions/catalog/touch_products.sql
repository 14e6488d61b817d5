-- Groups must be pushed to a shop though the warehouse says nothing new of them. p_run_id is the run that wants it.
create or replace function sync.touch_products(
  p_shop_id bigint, p_groups text[], p_run_id bigint default null
)
returns integer
language sql
set search_path = pg_catalog, pg_temp
begin atomic
select coalesce(sync.mark_keys(
  p_shop_id, 'catalog', array_agg(g.key), array_agg(now()), array_agg(2000000), array_agg(0), array_agg(0), p_run_id
), 0)
from unnest(p_groups) as g (key)
having count(*) > 0;
end;
comment on function sync.touch_products(bigint, text[], bigint) is
'Note that groups must be pushed though the warehouse says nothing new of them.';
