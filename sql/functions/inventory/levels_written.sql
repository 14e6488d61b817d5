-- The levels that a run has set, from what to what.
create or replace function sync.levels_written(p_run_id bigint)
returns table (product_key text, inventory_item_id bigint, location_id bigint, before integer, after integer)
language sql stable
set search_path = pg_catalog, pg_temp
begin atomic
select
  (array_agg(w.product_key order by w.request_id desc))[1],
  w.inventory_item_id,
  w.location_id,
  (array_agg(w.change_from_quantity order by w.request_id))[1],
  (array_agg(w.quantity order by w.request_id desc))[1]
from sync.level_writes as w
inner join sync.requests as r on w.request_id = r.id
where w.run_id = p_run_id and r.state = 'applied'
group by w.inventory_item_id, w.location_id;
end;
comment on function sync.levels_written(bigint) is 'The levels that a run has set at Shopify, from what to what.';
