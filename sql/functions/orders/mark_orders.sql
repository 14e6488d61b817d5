-- Note that orders of a shop must be looked at, by Shopify's numbers.
create or replace function sync.mark_orders(p_shop_id bigint, p_order_ids bigint[], p_run_id bigint default null)
returns integer
language sql
set search_path = pg_catalog, pg_temp
begin atomic
select sync.mark_keys(
  p_shop_id, 'orders', array_agg(o.id::text), array_agg(clock_timestamp()), array_agg(0), array_agg(0), array_agg(0),
  p_run_id, true
)
from (select distinct unnest(p_order_ids) as id) as o
having count(*) > 0;
end;
comment on function sync.mark_orders(bigint, bigint[], bigint) is 'Note that orders must be looked at; returns how many.';
