-- Groups in a collection of a shop, named by its handle, title or number: those that are in it and those that the
-- warehouse puts into it. Null: the shop has no such collection.
create or replace function sync.collection_groups(p_shop_id bigint, p_name text) returns text[]
language sql stable
set search_path = pg_catalog, pg_temp
begin atomic
with named as (
  select c.collection_id, c.handle from sync.collections as c
  where c.shop_id = p_shop_id
    and (c.handle = p_name or lower(c.title) = lower(p_name) or c.collection_id::text = p_name)
  order by c.handle = p_name desc, c.collection_id
  limit 1
)

select array(
  select k.group_key from sync.product_links as k
  where k.shop_id = p_shop_id and (n.collection_id = any(k.collections) or exists (
    select from sync.field_bases as b
    where b.shop_id = k.shop_id and b.entity = 'product' and b.key = k.group_key
      and b.ours -> 'collections' @> jsonb_build_array(n.handle)
  ))
  order by k.group_key
)
from named as n;
end;
comment on function sync.collection_groups(bigint, text) is
'Groups in a collection of a shop, or to be put into it; null if it has no such collection.';
