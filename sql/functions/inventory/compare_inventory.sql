-- Compare every level that a run has read with what it should hold, in one statement, and note what is wrong.
-- A key that is pending, or that the change queue or the log holds since the run began, is on its way and not wrong.
-- With p_correct the wrong ones become pending.
create or replace function sync.compare_inventory(p_run_id bigint, p_correct boolean)
returns table (levels integer, causes jsonb, marked integer, vanished integer)
language plpgsql
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set enable_seqscan = on
as $$
#variable_conflict use_column
declare
  v_run sync.runs;
  v_keys text[];
  v_items bigint[];
  v_places bigint[];
  v_counted integer[];
begin
  select r.* into strict v_run from sync.runs as r where r.id = p_run_id;

  with keys as materialized (
    select array_agg(k.product_key) as linked from sync.links as k where k.shop_id = v_run.shop_id and k.state = 'ok'
  ),

  queued as (
    select q.product_key as key from sync.queued_products as q
  ),

  moving as materialized (
    select p.key from sync.pending as p where p.shop_id = v_run.shop_id and p.kind = 'inventory'
    union
    select g.product_key from sync.moved_products as g where g.id > v_run.after_change
    union
    select q.key from queued as q where q.key is not null
    -- An entry that stands for all: as long as it waits, anything may have changed.
    union
    select k.key from keys cross join unnest(keys.linked) as k (key)
    where exists (select from queued as q where q.key is null)
  ),

  compared as materialized (
    select
      c.product_key, c.inventory_item_id, c.location_id, c.counted, c.owed, c.desired, c.seen,
      c.tracked and c.desired <> c.seen as is_wrong,
      e.counted is not null as is_known,
      m.key is null as is_still,
      e.seen_tick >= v_run.tick and m.key is null as is_settled,
      case
        when e.moved_tick >= v_run.tick and e.available_before is null then 'mapping'
        when exists (
          select from sync.refusals as f
          where f.shop_id = k.shop_id and f.kind = 'inventory' and f.key = c.product_key
            and f.part in (c.location_id::text, '')
        ) then 'failed push'
        when e.moved_tick < v_run.tick or e.moved_tick is null then 'missed change'
        -- Fewer units owed and none more on offer: they were sent, and those that are booked are free.
        when e.available = e.available_before and c.desired - c.seen between 1 and e.committed_before - e.committed
          then 'un-imported order'
        when e.available_before - e.available = e.committed - e.committed_before then 'missed change'
        else 'foreign edit'
      end as cause
    from keys
    cross join sync.compute_levels(v_run.shop_id, keys.linked) as c
    join sync.links as k on k.shop_id = v_run.shop_id and k.product_key = c.product_key
    join sync.levels as e
      on e.shop_id = k.shop_id and e.inventory_item_id = c.inventory_item_id and e.location_id = c.location_id
    left join moving as m on m.key = c.product_key
  ),

  noted as (
    insert into sync.level_discrepancies as d (
      shop_id, product_key, inventory_item_id, location_id, expected, found, cause, run_id
    )
    select v_run.shop_id, c.product_key, c.inventory_item_id, c.location_id, c.desired, c.seen, c.cause, p_run_id
    from compared as c
    where c.is_wrong and c.is_settled
    order by c.inventory_item_id, c.location_id
    on conflict (shop_id, inventory_item_id, location_id) where corrected_at is null and vanished_at is null
    do update set
      product_key = excluded.product_key,
      expected = excluded.expected,
      found = excluded.found,
      -- Seen again, Shopify has not moved since; that does not take back why it was wrong.
      cause = case when excluded.cause = 'missed change' then d.cause else excluded.cause end,
      last_seen_at = now(),
      run_id = excluded.run_id
    returning d.product_key, d.inventory_item_id, d.location_id, d.cause, d.size
  ),

  gone as (
    update sync.level_discrepancies as d
    set vanished_at = now()
    where d.shop_id = v_run.shop_id and d.corrected_at is null and d.vanished_at is null
      and sync.has_products()
      and not exists (
        select from compared as c
        where c.is_wrong and c.inventory_item_id = d.inventory_item_id and c.location_id = d.location_id
      )
    returning 1
  ),

  -- What was right from the start has never been acknowledged: it is what orders to come are compared with. Shopify does
  -- not list what an item has never been stocked at.
  known as (
    select array_agg(c.inventory_item_id) as items, array_agg(c.location_id) as places, array_agg(c.counted) as counted
    from compared as c
    where c.is_still and not c.is_wrong and c.owed = 0 and not c.is_known
  )

  select
    (select count(*) from compared as c where c.is_settled),
    (
      select coalesce(jsonb_object_agg(s.cause, s.found), '{}')
      from (select n.cause, count(*) as found from noted as n group by n.cause) as s
    ),
    (select count(*) from gone),
    (select array_agg(distinct n.product_key order by n.product_key) from noted as n),
    k.items, k.places, k.counted
  from known as k
  into levels, causes, vanished, v_keys, v_items, v_places, v_counted;

  perform sync.forget_departed(v_run.shop_id, null);
  perform sync.end_refusals(v_run.shop_id);
  marked := 0;
  if p_correct and v_keys is not null then
    marked := sync.mark_inventory(v_run.shop_id, v_keys, array_fill(now(), array[cardinality(v_keys)]), p_run_id);
  end if;
  update sync.levels as e
  set counted = c.counted
  from unnest(v_items, v_places, v_counted) as c (item, place, counted)
  where e.ctid = (
    select l.ctid from sync.levels as l
    where l.shop_id = v_run.shop_id and l.inventory_item_id = c.item and l.location_id = c.place
      and l.counted is null and l.committed <= l.committed_counted and l.unbooked = 0
    for update skip locked
  );
  return next;
end $$;
comment on function sync.compare_inventory(bigint, boolean) is
'Compare every level that a run has read with what it should hold; returns how many were compared, how many are '
'wrong by cause, how many products were made pending and how many discrepancies are no more.';
