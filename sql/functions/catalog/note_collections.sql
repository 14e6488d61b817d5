-- A product is in the collections of some handles, since the warehouse says so, and in no others for that reason.
create or replace function sync.note_collections(p_shop_id bigint, p_group text, p_handles jsonb) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  delete from sync.catalog_collections as o
  where o.shop_id = p_shop_id and o.group_key = p_group and not exists (
    select from sync.collections as c
    where c.shop_id = o.shop_id and c.collection_id = o.collection_id and p_handles ? c.handle
  );
  insert into sync.catalog_collections (shop_id, group_key, collection_id)
  select p_shop_id, p_group, c.collection_id
  from sync.collections as c
  where c.shop_id = p_shop_id and p_handles ? c.handle
  on conflict do nothing;
end $$;
comment on function sync.note_collections(bigint, text, jsonb) is
'Note which collections a product is in because the warehouse says so.';
