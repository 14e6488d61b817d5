-- The fields of an object as Shopify was last seen to show them.
create or replace function sync.seen_of(p_shop_id bigint, p_entity text, p_key text) returns jsonb
language sql stable
set search_path = pg_catalog, pg_temp
begin atomic
select coalesce((
  select b.seen from sync.field_bases as b
  where b.shop_id = p_shop_id and b.entity = p_entity and b.key = p_key
), '{}');
end;
comment on function sync.seen_of(bigint, text, text) is 'The fields of an object as Shopify was last seen to show them.';
