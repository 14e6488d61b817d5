-- Store the request by which a product leaves a shop as the shop wishes it: archived, set to draft, deleted; none if it
-- is to be left alone.
create or replace function sync.store_removal(
  p_turn sync.turn, p_mode text, p_group text, p_undo_id bigint default null
)
returns setof sync.step
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  -- What it is to come back as.
  update sync.product_links as k set status_before = coalesce(b.seen ->> 'status', k.status_before, 'ACTIVE')
  from sync.field_bases as b
  where p_mode = 'live' and k.shop_id = p_turn.shop_id and k.group_key = p_group and k.state = 'ok'
    and b.shop_id = k.shop_id and b.entity = 'product' and b.key = k.group_key;
  return query
  with leaving as (
    select c.on_delete, 'gid://shopify/Product/' || k.product_id as id
    from sync.product_links as k
    join sync.catalogs as c on k.shop_id = c.shop_id
    where k.shop_id = p_turn.shop_id and k.group_key = p_group and k.product_id is not null
      and c.on_delete <> 'ignore'
  )

  select s.*
  from leaving as l
  cross join lateral sync.store_product_request(
    p_turn, p_group, p_mode,
    case l.on_delete when 'delete' then 'ProductDelete' else 'ProductUpdate' end,
    case l.on_delete
      when 'delete' then json_build_object('input', json_build_object('id', l.id))
      else json_build_object('product', json_build_object(
        'id', l.id, 'status', case l.on_delete when 'archive' then 'ARCHIVED' else 'DRAFT' end
      ))
    end,
    sync.a_write(p_group, '{}', '{}', '{}'), p_undo_id
  ) as s;
end $$;
comment on function sync.store_removal(sync.turn, text, text, bigint) is
'Store the request by which a product leaves a shop.';
