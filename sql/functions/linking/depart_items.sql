-- Items whose product has left them: they are to be set to 0 once, if they were in stock or something is on its way.
create or replace function sync.depart_items(p_items sync.departed_items[]) returns void
language sql
set search_path = pg_catalog, pg_temp
begin atomic
insert into sync.departed_items as d (shop_id, inventory_item_id, variant_id, product_key, sku)
select n.shop_id, n.inventory_item_id, n.variant_id, n.product_key, n.sku
from unnest(p_items) as n
where
  exists (
    select from sync.levels as e
    where e.shop_id = n.shop_id and e.inventory_item_id = n.inventory_item_id and e.available > 0
  )
  -- What is on its way may bring some.
  or exists (select from sync.pending as p where p.shop_id = n.shop_id and p.key = n.product_key)
on conflict (shop_id, inventory_item_id) do update
set product_key = excluded.product_key, sku = excluded.sku, left_at = excluded.left_at;
end;
comment on function sync.depart_items(sync.departed_items[]) is
'Note items whose product has left them, to be set to 0 once if there is or may be stock.';
