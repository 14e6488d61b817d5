-- Store a request that writes what Shopify holds already: whether it passes says whether the shop takes anything that
-- writes. Of another product of the lane than p_keys, of which nothing is on its way; no step if there is none.
create or replace function sync.probe_inventory(p_turn sync.turn, p_keys text[]) returns setof sync.step
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_level record;
  v_id bigint;
  v_key uuid := gen_random_uuid();
begin
  perform sync.hold_lane(p_turn);
  if sync.held_back(p_turn.shop_id, p_turn.kind) is not null then
    return;
  end if;
  select l.product_key, l.inventory_item_id, l.location_id, l.seen into v_level
  from sync.linked_levels as l
  join sync.kinds as k on k.kind = 'inventory'
  where l.shop_id = p_turn.shop_id and l.tracked and l.seen is not null and l.product_key <> all (p_keys)
    and sync.lane_of(l.product_key, k.lanes) = p_turn.lane
    and not exists (
      select from sync.pending as p
      where p.shop_id = l.shop_id and p.kind = 'inventory' and p.key = l.product_key
    )
    and not exists (
      select from sync.refusals as f
      where f.shop_id = l.shop_id and f.kind = 'inventory' and f.key = l.product_key
    )
  limit 1;
  if found then
    v_id := nextval('sync.requests_id_seq');
    return next sync.store_request(
      p_turn, v_id, 'InventorySetQuantities', v_key,
      sync.set_quantities(
        v_id, v_key, json_build_array(
          sync.quantity_input(v_level.inventory_item_id, v_level.location_id, v_level.seen, v_level.seen)
        )
      ),
      1, array[v_level.product_key]
    );
  end if;
end $$;
comment on function sync.probe_inventory(sync.turn, text[]) is
'Store a request that writes what Shopify holds already, of another product than some; no step if there is none.';
