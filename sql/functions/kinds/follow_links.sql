-- Links follow where products may have come, gone or been renamed, some or all. Returns further keys of which something
-- has changed by that.
create or replace function sync.follow_links(p_shop_id bigint, p_entity text, p_keys text[]) returns text[]
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  if p_entity <> 'product' then
    return '{}';
  end if;
  -- Others that a product which left, or came, has given a variant or kept from it.
  return array(select unnest(sync.follow_products(p_shop_id, p_keys)) except select unnest(p_keys));
end $$;
comment on function sync.follow_links(bigint, text, text[]) is
'Let links follow changed keys of an entity, all if null; returns other keys that are concerned.';
