-- An object of an entity must be pushed to a shop though the warehouse says nothing new of it.
create or replace function sync.touch_object(
  p_shop_id bigint, p_entity text, p_key text, p_run_id bigint default null
)
returns integer
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  return case p_entity
    when 'product' then sync.touch_products(p_shop_id, array[p_key], p_run_id)
    when 'variant' then sync.touch_products(p_shop_id, array(
      select m.group_key from sync.catalog_variants as m where m.shop_id = p_shop_id and m.product_key = p_key
    ), p_run_id)
  end;
end $$;
comment on function sync.touch_object(bigint, text, text, bigint) is
'Note that an object must be pushed though the warehouse says nothing new of it.';
