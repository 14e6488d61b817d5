-- All keys of a kind that a shop may have to be sent, of a kind that can say so in a moment. Null: mark_changes()
-- itself has to look at all at once.
create or replace function sync.keys_of(p_kind text, p_shop_id bigint) returns text[]
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  case p_kind
    when 'inventory' then
      return array(select distinct k.product_key from sync.linked_items as k where k.shop_id = p_shop_id);
    when 'catalog' then return sync.catalog_keys(p_shop_id);
    else
      return null;
  end case;
end $$;
comment on function sync.keys_of(text, bigint) is 'All keys of a kind in a shop; null if only its subject can tell.';
