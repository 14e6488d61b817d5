-- Decide what to send for the keys of a job, from the numbers of this moment, and store the requests before
-- anything is sent. Falling stock comes first. Levels that were never read are returned as one row with read_items
-- instead of a request. In mode monitor sync.shadow_writes takes what would have been stored. When the guard stops
-- the shop, or it is held or off by now, nothing is stored and one row gives back the keys alone.
create or replace function sync.plan_push(
  p_shop_id bigint, p_lane integer, p_generation bigint, p_job_id bigint, p_keys text[], p_size integer default 250
)
returns table (
  request_id bigint, idempotency_key uuid, variables json, entries integer, keys text[], read_items bigint[]
)
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  v_mode text;
  v_wanted boolean;
begin
  if coalesce(cardinality(p_keys), 0) = 0 then
    return;
  end if;
  -- Stored before it is sent, on disk too: runners' other commits do not wait for it.
  perform set_config('synchronous_commit', 'on', true);
  perform from sync.lanes as l
  where l.shop_id = p_shop_id and l.kind = 'inventory' and l.lane = p_lane and l.generation = p_generation
  for share;
  if not found then
    raise exception sqlstate 'SW001' using
      message = format('lane %s of shop %s was taken over by another job', p_lane, p_shop_id);
  end if;
  select h.mode into v_mode from sync.shops as h where h.id = p_shop_id;
  if sync.held_back(p_shop_id) is not null then
    return query select null::bigint, null::uuid, null::json, null::integer, p_keys, null::bigint[];
    return;
  elsif v_mode = 'live' and exists (
    select from sync.requests as r
    where r.shop_id = p_shop_id and r.kind = 'inventory' and r.lane = p_lane and r.state = 'open'
  ) then
    raise exception sqlstate 'SW003' using
      message = format('lane %s of shop %s has a request whose answer is not known', p_lane, p_shop_id);
  end if;

  -- Asked once: hardly ever does a run want them, or has somebody seen what they change.
  v_wanted := exists (
    select from sync.pending as p
    where p.shop_id = p_shop_id and p.kind = 'inventory' and p.key = any (p_keys)
      and (p.run_id is not null or p.cleared)
  );
  return query
  with targets as materialized (
    select c.* from sync.compute_levels(p_shop_id, p_keys) as c
    where c.tracked and not exists (
      select from sync.refusals as f
      where f.shop_id = p_shop_id and f.kind = 'inventory' and f.key = c.product_key
        and f.location_id = c.location_id and f.job_id = p_job_id
    )
  ),

  numbered as materialized (
    select
      t.*, q.run_id, coalesce(q.cleared, false) as cleared,
      row_number() over (order by t.desired >= t.seen, t.desired, t.product_key collate "C") - 1 as place
    from targets as t
    left join lateral (
      select p.run_id, p.cleared from sync.pending as p
      where v_wanted and p.shop_id = p_shop_id and p.kind = 'inventory' and p.key = t.product_key
      limit 1
    ) as q on true
    where t.desired <> t.seen
  ),

  -- What the guard counts: levels that fall to zero, and those that rise from it again.
  zeroing as materialized (
    select
      count(*) filter (where n.desired <= 0 and n.seen > 0 and not n.cleared) as zeroes,
      count(*) filter (where n.desired > 0 and n.seen <= 0) as restored
    from numbered as n
    where v_mode = 'live'
  ),

  verdict as materialized (
    select z.zeroes = 0 or not sync.guard_stops(p_shop_id, z.zeroes) as is_safe from zeroing as z
  ),

  shadowed as (
    insert into sync.shadow_writes
    (shop_id, product_key, inventory_item_id, location_id, quantity, change_from_quantity)
    select p_shop_id, n.product_key, n.inventory_item_id, n.location_id, n.desired, n.seen
    from numbered as n
    where v_mode = 'monitor' and (n.desired, n.seen) is distinct from (
      select row(w.quantity, w.change_from_quantity) from sync.shadow_writes as w
      where w.shop_id = p_shop_id and w.inventory_item_id = n.inventory_item_id and w.location_id = n.location_id
      order by w.id desc
      limit 1
    )
  ),

  parts as (
    select
      n.place / p_size as part,
      nextval('sync.requests_id_seq') as id,
      gen_random_uuid() as idempotency_key,
      count(*)::integer as entries,
      array_agg(distinct n.product_key collate "C") as keys,
      json_agg(
        sync.quantity_input(n.inventory_item_id, n.location_id, n.desired, n.seen) order by n.place
      ) as quantities
    from numbered as n
    where v_mode = 'live' and (select v.is_safe from verdict as v)
    group by n.place / p_size
  ),

  attributed as (
    insert into sync.run_writes
    (run_id, request_id, product_key, inventory_item_id, location_id, quantity, change_from_quantity)
    select n.run_id, p.id, n.product_key, n.inventory_item_id, n.location_id, n.desired, n.seen
    from numbered as n
    join parts as p on p.part = n.place / p_size
    where n.run_id is not null
  ),

  planned as (
    insert into sync.requests
    (id, shop_id, kind, lane, job_id, document, idempotency_key, variables, entries)
    overriding system value
    select
      p.id, p_shop_id, 'inventory', p_lane, p_job_id, 'InventorySetQuantities', p.idempotency_key,
      sync.set_quantities(p.id, p.idempotency_key, p.quantities), p.entries
    from parts as p
    returning id, requests.idempotency_key, requests.variables
  ),

  counted as (
    update sync.lanes as l
    set zeroed = greatest(sync.zeroed_lately(l) + z.zeroes - z.restored, 0), zeroed_at = clock_timestamp()
    from zeroing as z
    where l.shop_id = p_shop_id and l.kind = 'inventory' and l.lane = p_lane
      and (z.zeroes > 0 or (z.restored > 0 and l.zeroed > 0)) and (select v.is_safe from verdict as v)
  )

  select
    l.id, l.idempotency_key, l.variables, p.entries, p.keys, null::bigint[]
  from planned as l
  join parts as p using (id)
  union all
  select null, null, null, null, array_agg(t.product_key), array_agg(distinct t.inventory_item_id)
  from targets as t
  where t.seen is null
  having count(*) > 0
  union all
  select null, null, null, null, p_keys, null from verdict as v where not v.is_safe
  order by 1 nulls first;
end $$;
comment on function sync.plan_push(bigint, integer, bigint, bigint, text[], integer) is
'Decide what to send for some products now and store the requests, falling stock first.';
