-- The subject of a kind says what would change at Shopify if a shop went live now.
create or replace function sync.draft_plan(p_kind text, p_shop_id bigint)
returns table (fingerprint text, basis text, parts integer, moves integer, losses integer, detail jsonb)
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  case p_kind
    when 'inventory' then return query select * from sync.draft_inventory(p_shop_id);
    when 'catalog' then return query select * from sync.draft_catalog(p_shop_id);
    else return;
  end case;
end $$;
comment on function sync.draft_plan(text, bigint) is
'What would change at Shopify if a shop went live now; no row: the kind writes nothing there.';
