-- Whether something of an object is still to be judged, or sent.
create or replace function sync.is_pending(p_shop_id bigint, p_entity text, p_key text) returns boolean
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return case
    when p_entity = 'product' then exists (
      select from sync.pending as p where p.shop_id = p_shop_id and p.kind = 'catalog' and p.key = p_key
    )
    when p_entity = 'variant' then exists (
      select from sync.pending as p
      join sync.catalog_variants as m on m.shop_id = p.shop_id and m.group_key = p.key
      where p.shop_id = p_shop_id and p.kind = 'catalog' and m.product_key = p_key
    )
    else false
  end;
end $$;
comment on function sync.is_pending(bigint, text, text) is 'Whether something of an object is still to be judged, or sent.';
