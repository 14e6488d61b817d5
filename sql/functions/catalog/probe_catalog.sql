-- Store a request that changes nothing, of another group of the lane than some, of which nothing is on its way: a
-- product is named, and no field of it. Whether it passes says whether the shop takes anything of the catalogue. No
-- step: there is none.
create or replace function sync.probe_catalog(p_turn sync.turn, p_keys text[]) returns setof sync.step
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  perform sync.hold_lane(p_turn);
  if sync.held_back(p_turn.shop_id, p_turn.kind) is not null then
    return;
  end if;
  return query
  select s.*
  from (
    select k.group_key, k.product_id
    from sync.product_links as k
    join sync.kinds as c on c.kind = 'catalog'
    where k.shop_id = p_turn.shop_id and k.state = 'ok' and k.group_key <> all (p_keys)
      and sync.lane_of(k.group_key, c.lanes) = p_turn.lane
      and not exists (
        select from sync.pending as p
        where p.shop_id = k.shop_id and p.kind = 'catalog' and p.key = k.group_key
      )
      and not exists (
        select from sync.refusals as f
        where f.shop_id = k.shop_id and f.kind = 'catalog' and f.key = k.group_key and f.part = ''
      )
    limit 1
  ) as o
  cross join lateral sync.store_product_request(
    p_turn, o.group_key, 'live', 'ProductUpdate',
    json_build_object('product', json_build_object('id', 'gid://shopify/Product/' || o.product_id)),
    sync.a_write(o.group_key, '{}', '{}', '{}')
  ) as s;
end $$;
comment on function sync.probe_catalog(sync.turn, text[]) is
'Store a request that changes nothing of a product; no step if the shop has none of ours.';
