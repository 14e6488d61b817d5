-- Retention: products that have left the warehouse, once their items are at 0.
create or replace function sync.prune_links(p_keep interval) returns bigint
language sql
set search_path = pg_catalog, pg_temp
begin atomic
with pruned as (
  delete from sync.links as k
  where k.state = 'left' and k.changed_at < now() - p_keep and not exists (
    select from sync.departed_items as d where d.shop_id = k.shop_id and d.product_key = k.product_key
  )
  returning 1
)

select count(*) from pruned;
end;
comment on function sync.prune_links(interval) is 'Delete links of products that left long ago; returns how many.';
