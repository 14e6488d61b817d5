-- Decide what to send for the keys of a job, from the numbers of this moment, and store the requests before anything is
-- sent: steps send. Falling stock comes first. Levels that were never read are a step read. In mode monitor
-- sync.level_shadows takes what would have been stored. When the guard stops the push, the mapping cannot be read,
-- or the kind is held or off by now, nothing is stored, and the step is held.
create or replace function sync.prepare_inventory(p_turn sync.turn, p_keys text[], p_size integer default null)
returns setof sync.step
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_mode text;
  v_entry text;
  v_size integer := coalesce(p_size, (select k.batch_size from sync.kinds as k where k.kind = 'inventory'));
  v_wanted boolean;
begin
  if coalesce(cardinality(p_keys), 0) = 0 then
    return;
  end if;
  v_mode := sync.enter_push(p_turn);
  if v_mode = 'held' then
    return next sync.a_step('held', p_keys);
    return;
  end if;

  perform sync.count_shelf(p_turn.shop_id, p_keys);
  -- Asked once: hardly ever does a run want them, or has somebody seen what they change.
  v_wanted := exists (
    select from sync.pending as p
    where p.shop_id = p_turn.shop_id and p.kind = 'inventory' and p.key = any (p_keys)
      and (p.run_id is not null or p.cleared)
  );
  return query
  with targets as materialized (
    select c.* from sync.compute_levels(p_turn.shop_id, p_keys) as c
    where c.tracked and not exists (
      select from sync.refusals as f
      where f.shop_id = p_turn.shop_id and f.kind = 'inventory' and f.key = c.product_key
        and f.part in (c.location_id::text, '') and f.job_id = p_turn.job_id
    )
  ),

  numbered as materialized (
    select
      t.*, q.run_id, coalesce(q.cleared, false) as cleared,
      row_number() over (order by t.desired >= t.seen, t.desired, t.product_key collate "C") - 1 as place
    from targets as t
    left join lateral (
      select p.run_id, p.cleared from sync.pending as p
      where v_wanted and p.shop_id = p_turn.shop_id and p.kind = 'inventory' and p.key = t.product_key
      limit 1
    ) as q on true
    where t.desired <> t.seen
  ),

  -- What the guard counts: levels that fall to zero, and those that rise from it again.
  losing as materialized (
    select
      count(*) filter (where n.desired <= 0 and n.seen > 0 and not n.cleared) as losses,
      count(*) filter (where n.desired > 0 and n.seen <= 0) as regains
    from numbered as n
    where v_mode = 'live'
  ),

  verdict as materialized (
    select z.losses = 0 or not sync.guard_stops(p_turn.shop_id, 'inventory', z.losses) as is_safe from losing as z
  ),

  shadowed as (
    insert into sync.level_shadows
    (shop_id, product_key, inventory_item_id, location_id, quantity, change_from_quantity)
    select p_turn.shop_id, n.product_key, n.inventory_item_id, n.location_id, n.desired, n.seen
    from numbered as n
    where v_mode = 'monitor' and (n.desired, n.seen) is distinct from (
      select row(w.quantity, w.change_from_quantity) from sync.level_shadows as w
      where w.shop_id = p_turn.shop_id and w.inventory_item_id = n.inventory_item_id and w.location_id = n.location_id
      order by w.id desc
      limit 1
    )
  ),

  -- Acknowledged they never are: what they were counted as is noted all the same.
  recounted as materialized (
    select n.inventory_item_id, n.location_id, n.counted
    from numbered as n
    join sync.levels as e
      on e.shop_id = p_turn.shop_id and e.inventory_item_id = n.inventory_item_id and e.location_id = n.location_id
    where v_mode = 'monitor' and e.counted is distinct from n.counted
      and e.committed <= e.committed_counted and e.unbooked = 0
    order by e.inventory_item_id, e.location_id
    for update of e
  ),

  noted as (
    update sync.levels as e
    set counted = r.counted
    from recounted as r
    where e.shop_id = p_turn.shop_id and e.inventory_item_id = r.inventory_item_id and e.location_id = r.location_id
  ),

  parts as materialized (
    select
      n.place / v_size as part,
      nextval('sync.requests_id_seq') as id,
      gen_random_uuid() as idempotency_key,
      count(*)::integer as entries,
      array_agg(distinct n.product_key collate "C") as keys,
      json_agg(
        sync.quantity_input(n.inventory_item_id, n.location_id, n.desired, n.seen) order by n.place
      ) as quantities
    from numbered as n
    where v_mode = 'live' and (select v.is_safe from verdict as v)
    group by n.place / v_size
  ),

  attributed as (
    insert into sync.level_writes
    (run_id, request_id, product_key, inventory_item_id, location_id, quantity, change_from_quantity)
    select n.run_id, p.id, n.product_key, n.inventory_item_id, n.location_id, n.desired, n.seen
    from numbered as n
    join parts as p on p.part = n.place / v_size
    where n.run_id is not null
  ),

  counted as materialized (
    select sync.count_losses(p_turn, z.losses, z.regains)
    from losing as z
    where (z.losses > 0 or z.regains > 0) and (select v.is_safe from verdict as v)
  ),

  steps as materialized (
    select
      p.part + 1 as place,
      sync.store_request(
        p_turn, p.id, 'InventorySetQuantities', p.idempotency_key,
        sync.set_quantities(p.id, p.idempotency_key, p.quantities), p.entries, p.keys
      ) as step
    from parts as p
    union all
    select
      0,
      sync.a_step('read', array_agg(t.product_key), null, array_agg(distinct t.inventory_item_id))
    from targets as t
    where t.seen is null
    having count(*) > 0
    union all
    select 0, sync.a_step('held', p_keys)
    from verdict as v
    where not v.is_safe
  )

  select (s.step).* from steps as s where (select count(*) from counted) >= 0 order by s.place;
exception when sqlstate 'SW007' then
  get stacked diagnostics v_entry = pg_exception_detail;
  perform sync.note_fault(v_entry, sqlerrm);
  return next sync.a_step('held', p_keys);
end $$;
comment on function sync.prepare_inventory(sync.turn, text[], integer) is
'Decide what to send for some products now and store the requests, falling stock first.';
