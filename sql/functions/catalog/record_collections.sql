-- Note collections of a shop as Shopify showed them ([{collection_id, handle, title, is_smart}]): all of them, or those
-- that have changed. Products that wait for one are looked at again. Returns how many are new or have another name.
create or replace function sync.record_collections(p_shop_id bigint, p_shown json, p_is_whole boolean) returns integer
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_changed integer;
  v_gone integer := 0;
begin
  insert into sync.collections as c (shop_id, collection_id, handle, title, is_smart)
  select p_shop_id, s.collection_id, s.handle, s.title, s.is_smart
  from json_to_recordset(p_shown) as s (collection_id bigint, handle text, title text, is_smart boolean)
  order by s.collection_id
  on conflict (shop_id, collection_id) do update
  set handle = excluded.handle, title = excluded.title, is_smart = excluded.is_smart
  where row(c.handle, c.title, c.is_smart) is distinct from row(excluded.handle, excluded.title, excluded.is_smart);
  get diagnostics v_changed = row_count;
  if p_is_whole then
    delete from sync.collections as c
    where c.shop_id = p_shop_id and c.collection_id not in (
      select s.collection_id from json_to_recordset(p_shown) as s (collection_id bigint)
    );
    get diagnostics v_gone = row_count;
  end if;
  if v_changed + v_gone > 0 then
    perform sync.touch_products(p_shop_id, (
      select array_agg(f.key) from sync.refusals as f
      where f.shop_id = p_shop_id and f.kind = 'catalog' and f.class = 'UNKNOWN_COLLECTION'
    ));
  end if;
  return v_changed + v_gone;
end $$;
comment on function sync.record_collections(bigint, json, boolean) is
'Note collections of a shop as Shopify showed them; returns how many were not known so.';
