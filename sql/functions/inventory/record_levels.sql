-- Note levels as Shopify showed them ([{inventory_item_id, location_id, available, committed}]), read by a call
-- that began with p_tick. p_items are all items that were read: at a managed location that Shopify did not list
-- it holds none of them. What was acknowledged or read later than that stands. When a request made us look
-- (p_request_id), every difference becomes a conflict with its cause. A level that holds what an open request of ours
-- sets was written by that, whether we know its answer or not: no order and no edit.
create or replace function sync.record_levels(
  p_shop_id bigint, p_tick bigint, p_items bigint[], p_levels json, p_request_id bigint default null
)
returns integer
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_recorded integer;
  v_ours text[] := array(
    select format('%s/%s/%s', e.inventory_item_id, e.location_id, e.quantity)
    from sync.requests as r
    cross join sync.level_entries(r.variables) as e
    where r.shop_id = p_shop_id and r.kind = 'inventory' and r.state = 'open'
  );
begin
  -- What departed as its last push was noted is at 0, and forgotten by nobody yet: what is read now a person has set.
  perform sync.forget_departed(p_shop_id, d.keys)
  from (select array_agg(i.product_key) as keys from sync.departed_items as i where i.shop_id = p_shop_id) as d
  where d.keys is not null;

  if p_request_id is not null then
    insert into sync.level_conflicts (
      shop_id, inventory_item_id, location_id, request_id, expected, found, committed_expected, committed_found, cause
    )
    select
      p_shop_id, l.inventory_item_id, l.location_id, p_request_id,
      l.available, n.available, l.committed, n.committed,
      case when n.available < l.available and n.committed > 0 then 'un-imported order' else 'foreign edit' end
    from json_to_recordset(p_levels)
      as n (inventory_item_id bigint, location_id bigint, available integer, committed integer)
    join sync.levels as l using (inventory_item_id, location_id)
    where l.shop_id = p_shop_id and l.available <> n.available and l.seen_tick < p_tick
      and format('%s/%s/%s', n.inventory_item_id, n.location_id, n.available) <> all (v_ours);
  end if;

  insert into sync.levels as l (
    shop_id, inventory_item_id, location_id, available, committed, committed_counted, seen_at, seen_tick, moved_tick
  )
  -- On first sight the orders that Shopify holds are taken as known to the warehouse.
  select
    p_shop_id, n.inventory_item_id, n.location_id, n.available, n.committed, n.committed, clock_timestamp(), p_tick, p_tick
  from json_to_recordset(p_levels)
    as n (inventory_item_id bigint, location_id bigint, available integer, committed integer)
  order by n.inventory_item_id, n.location_id
  on conflict (shop_id, inventory_item_id, location_id) do update
  set
    available = excluded.available,
    committed = excluded.committed,
    (committed_counted, fallen, unbooked, unbooked_at) = (
      select o.committed_counted, o.fallen, o.unbooked, o.unbooked_at
      from sync.follow_orders(
        l, excluded.available, excluded.committed, excluded.seen_at,
        format('%s/%s/%s', l.inventory_item_id, l.location_id, excluded.available) = any (v_ours)
      ) as o
    ),
    seen_at = excluded.seen_at,
    seen_tick = excluded.seen_tick,
    available_before = case
      when row(l.available, l.committed) = row(excluded.available, excluded.committed) then l.available_before
      else l.available
    end,
    committed_before = case
      when row(l.available, l.committed) = row(excluded.available, excluded.committed) then l.committed_before
      else l.committed
    end,
    moved_tick = case
      when row(l.available, l.committed) = row(excluded.available, excluded.committed) then l.moved_tick
      else excluded.seen_tick
    end
  where l.seen_tick < excluded.seen_tick;
  get diagnostics v_recorded = row_count;
  perform sync.count_shelf(p_shop_id, array(
    select k.product_key from sync.links as k
    where k.shop_id = p_shop_id and k.state = 'ok' and k.inventory_item_id in (
      select n.inventory_item_id from json_to_recordset(p_levels) as n (inventory_item_id bigint)
    )
  ));

  insert into sync.levels (shop_id, inventory_item_id, location_id, available, seen_at, seen_tick, moved_tick)
  select distinct p_shop_id, i.inventory_item_id, m.location_id, 0, now(), p_tick, p_tick
  from unnest(p_items) as i (inventory_item_id)
  cross join sync.managed_locations as m
  where m.shop_id = p_shop_id
  order by i.inventory_item_id, m.location_id
  on conflict (shop_id, inventory_item_id, location_id) do nothing;
  return v_recorded;
end $$;
comment on function sync.record_levels(bigint, bigint, bigint[], json, bigint) is
'Note levels as Shopify showed them; returns how many were news.';
