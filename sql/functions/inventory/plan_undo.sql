-- Store the requests that restore what a run has set: for each level that still holds it, as just read, the number
-- before, by compare-and-set. The shop is held first, or the next push would undo the undoing. The lanes' next jobs
-- send the requests. May be repeated: what is restored already, or refused, is not stored again.
create or replace function sync.plan_undo(p_run_id bigint, p_undo_id bigint) returns integer
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_shop_id bigint;
  v_planned integer;
begin
  perform set_config('synchronous_commit', 'on', true);  -- stored before it is sent, on disk too
  select u.shop_id into strict v_shop_id from sync.runs as u where u.id = p_undo_id;
  perform sync.hold_shop(
    v_shop_id,
    format('Run %s was undone: Shopify holds what it held before, the warehouse says otherwise.', p_run_id),
    jsonb_build_object('run', p_run_id, 'undo', p_undo_id)
  );
  with restorable as (
    select
      w.*, sync.lane_of(w.product_key) as lane,
      (row_number() over (partition by sync.lane_of(w.product_key) order by w.before, w.product_key) - 1) / 250 as part
    from sync.written_by(p_run_id) as w
    join sync.levels as e
      on e.shop_id = v_shop_id and e.inventory_item_id = w.inventory_item_id and e.location_id = w.location_id
    where e.available = w.after and w.before <> w.after and not exists (
      select from sync.refusals as f
      join sync.requests as r on r.id = f.request_id and r.run_id = p_undo_id
      where f.shop_id = v_shop_id and f.key = w.product_key and f.location_id = w.location_id
    )
  ),

  parts as (
    select
      n.lane,
      nextval('sync.requests_id_seq') as id,
      gen_random_uuid() as idempotency_key,
      count(*)::integer as entries,
      json_agg(
        sync.quantity_input(n.inventory_item_id, n.location_id, n.before, n.after) order by n.before, n.product_key
      ) as quantities
    from restorable as n
    group by n.lane, n.part
  ),

  stored as (
    insert into sync.requests
    (id, shop_id, kind, lane, job_id, document, idempotency_key, variables, entries, run_id, sends)
    overriding system value
    select
      p.id, v_shop_id, 'inventory', p.lane, 0, 'InventorySetQuantities', p.idempotency_key,
      sync.set_quantities(p.id, p.idempotency_key, p.quantities), p.entries, p_undo_id, 0
    from parts as p
    returning 1
  ),

  queued as (
    select sync.enqueue_job(
      l.entrypoint, jsonb_build_object('shop_id', v_shop_id, 'lane', l.lane, 'keys', array[]::text[]), 30
    )
    from sync.lanes as l
    where l.shop_id = v_shop_id and l.kind = 'inventory' and l.lane in (select p.lane from parts as p)
  )

  select coalesce(sum(p.entries), 0) into v_planned
  from parts as p
  where (select count(*) from stored) > 0 and (select count(*) from queued) > 0;
  return v_planned;
end $$;
comment on function sync.plan_undo(bigint, bigint) is
'Store the requests that restore what a run has set, and hold the shop; returns how many levels.';
