-- Of departed items of some products, or of all: those that are at 0 now are no longer ours, what a person sets there
-- is left alone; those that are another product's by now have been written under its feet, so everything is looked at.
-- What is still on its way stays.
create or replace function sync.forget_departed(p_shop_id bigint, p_keys text[]) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_is_relinked boolean;
begin
  with forgotten as (
    delete from sync.departed_items as d
    where d.shop_id = p_shop_id and (p_keys is null or d.product_key = any (p_keys))
      and not exists (
        select from sync.requests as r
        where r.shop_id = d.shop_id and r.state = 'open' and r.keys @> array[d.product_key]
      )
      and not exists (
        select from sync.linked_items as i
        join sync.levels as e on e.shop_id = i.shop_id and e.inventory_item_id = i.inventory_item_id
        join sync.managed_locations as m on m.shop_id = e.shop_id and m.location_id = e.location_id
        where i.shop_id = d.shop_id and i.product_key = d.product_key and i.inventory_item_id = d.inventory_item_id
          and i.has_departed and e.available > 0
      )
    returning d.inventory_item_id, d.product_key
  )

  select exists (
    select from forgotten as f
    join sync.links as k on k.shop_id = p_shop_id and k.inventory_item_id = f.inventory_item_id
    where k.product_key <> f.product_key
  ) into v_is_relinked;
  if v_is_relinked then
    perform sync.look_at_all('relinked');
  end if;
end $$;
comment on function sync.forget_departed(bigint, text[]) is
'Forget departed items that are at 0, or another product''s by now.';
