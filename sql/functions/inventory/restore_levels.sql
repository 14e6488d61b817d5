-- Store the requests that restore what a run has set: for each level that still holds it, as just read, the number
-- before, by compare-and-set. Inventory is held already (restore_run). The lanes' next jobs send the requests. May be
-- repeated: what is restored already, or refused, is not stored again.
create or replace function sync.restore_levels(p_run_id bigint, p_undo_id bigint) returns integer
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_shop_id bigint;
  v_stored integer;
  v_lanes smallint[];
begin
  select u.shop_id into strict v_shop_id from sync.runs as u where u.id = p_undo_id;
  with restorable as (
    select
      w.*, n.lane,
      (row_number() over (partition by n.lane order by w.before, w.product_key) - 1) / k.batch_size as part
    from sync.levels_written(p_run_id) as w
    join sync.kinds as k on k.kind = 'inventory'
    cross join lateral (select sync.lane_of(w.product_key, k.lanes) as lane) as n
    join sync.levels as e
      on e.shop_id = v_shop_id and e.inventory_item_id = w.inventory_item_id and e.location_id = w.location_id
    where e.available = w.after and w.before <> w.after and not exists (
      select from sync.refusals as f
      join sync.requests as r on r.id = f.request_id and r.run_id = p_undo_id
      where f.shop_id = v_shop_id and f.kind = 'inventory' and f.key = w.product_key
        and f.part = w.location_id::text
    )
  ),

  parts as materialized (
    select
      n.lane,
      nextval('sync.requests_id_seq') as id,
      gen_random_uuid() as idempotency_key,
      count(*)::integer as entries,
      array_agg(distinct n.product_key) as keys,
      json_agg(
        sync.quantity_input(n.inventory_item_id, n.location_id, n.before, n.after) order by n.before, n.product_key
      ) as quantities
    from restorable as n
    group by n.lane, n.part
  ),

  stored as materialized (
    select
      p.lane,
      p.entries,
      sync.store_request(
        row(v_shop_id, 'inventory', p.lane, null, null)::sync.turn, p.id, 'InventorySetQuantities', p.idempotency_key,
        sync.set_quantities(p.id, p.idempotency_key, p.quantities), p.entries, p.keys, p_undo_id
      ) as step
    from parts as p
  )

  select coalesce(sum(s.entries), 0), array_agg(distinct s.lane)
  into v_stored, v_lanes
  from stored as s
  where (s.step).request_id is not null;
  perform sync.queue_lanes(v_shop_id, 'inventory', v_lanes);
  return v_stored;
end $$;
comment on function sync.restore_levels(bigint, bigint) is
'Store the requests that restore what a run has set; returns how many levels.';
