-- The subject of a kind counts its parts at a shop: what the guard compares with.
create or replace function sync.count_parts(p_kind text, p_shop_id bigint)
returns table (parts bigint, present bigint)
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  case p_kind
    when 'inventory' then return query select * from sync.count_levels(p_shop_id);
    when 'catalog' then return query select * from sync.count_products(p_shop_id);
    when 'orders' then return query select 0::bigint, 0::bigint;
  end case;
end $$;
comment on function sync.count_parts(text, bigint) is
'How many parts of a kind a shop has, and how many of them could be lost.';
