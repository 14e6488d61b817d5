-- Inventory items are no more: their products are refused wherever the shop shows stock.
create or replace function sync.refuse_items(
  p_shop_id bigint, p_items bigint[], p_job_id bigint, p_class text, p_message text
)
returns void
language sql
set search_path = pg_catalog, pg_temp
begin atomic
select sync.refuse(p_shop_id, 'inventory', k.product_key, m.location_id::text, p_class, p_message, p_job_id, null)
from sync.linked_items as k
inner join sync.managed_locations as m on k.shop_id = m.shop_id
where k.shop_id = p_shop_id and k.inventory_item_id = any(p_items);
end;
comment on function sync.refuse_items(bigint, bigint[], bigint, text, text) is
'Refuse the products of some inventory items at every location.';
