-- What moves a product into the collections of some handles and out of those that it was put into before, as
-- ProductUpdateInput takes it; empty if it is where it should be.
create or replace function sync.collections_input(p_shop_id bigint, p_group text, p_handles jsonb) returns jsonb
language sql stable
set search_path = pg_catalog, pg_temp
begin atomic
with wanted as (
  select c.collection_id
  from jsonb_array_elements_text(nullif(p_handles, 'null')) as h (handle)
  inner join sync.collections as c on c.shop_id = p_shop_id and h.handle = c.handle
),

moves as (
  select 'collectionsToJoin' as move, w.collection_id
  from wanted as w
  left join sync.product_links as k on k.shop_id = p_shop_id and k.group_key = p_group
  where w.collection_id <> all(coalesce(k.collections, '{}'))
  union all
  select 'collectionsToLeave' as move, o.collection_id
  from sync.catalog_collections as o
  inner join sync.product_links as k
    on o.shop_id = k.shop_id and o.group_key = k.group_key and o.collection_id = any(k.collections)
  where o.shop_id = p_shop_id and o.group_key = p_group and p_handles is not null
    and not exists (select from wanted as w where o.collection_id = w.collection_id)
),

listed as (
  select m.move, jsonb_agg('gid://shopify/Collection/' || m.collection_id order by m.collection_id) as ids
  from moves as m
  group by m.move
)

select coalesce(jsonb_object_agg(l.move, l.ids), '{}') from listed as l;
end;
comment on function sync.collections_input(bigint, text, jsonb) is
'What moves a product into some collections and out of others, as the Admin API takes it.';
