create table sync.lanes (
  shop_id bigint not null references sync.shops on delete cascade,
  kind text not null,
  lane smallint not null,
  entrypoint text not null generated always as ('push_' || kind || '_' || shop_id || '_' || lane) stored unique,
  generation bigint not null default 0,
  job_id bigint,
  claimed_at timestamptz,
  zeroed double precision not null default 0,
  zeroed_at timestamptz not null default clock_timestamp(),
  primary key (shop_id, kind, lane),
  constraint kind_is_known check (kind in ('inventory'))
) with (fillfactor = 50);
comment on table sync.lanes is
'One key always travels in one lane, and a lane runs one job at a time: no two pushes of one key overlap.';
comment on column sync.lanes.zeroed is
'For the guard: levels set to zero less levels restored, at zeroed_at. Kept here, for no lane waits for another''s row.';
comment on column sync.lanes.generation is
'Counts the jobs that took the lane. A runner that was frozen and comes back holds an older one and may plan nothing.';

create table sync.pending (
  shop_id bigint not null references sync.shops on delete cascade,
  kind text not null default 'inventory',
  key text collate "C" not null,
  lane smallint not null,
  urgency integer not null,
  since timestamptz not null,
  changes integer not null default 1,
  job_id bigint,
  moves integer not null default 0,
  zeroes integer not null default 0,
  cleared boolean not null default false,
  run_id bigint,
  primary key (shop_id, kind, key),
  constraint urgency_is_not_negative check (urgency >= 0)
) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.05);
-- No index knows job_id, so that taking rows into a job changes none: few rows of a lane are in a job at a time.
create index pending_lane_idx on sync.pending (shop_id, kind, lane, urgency, since);
create index pending_zeroing_idx on sync.pending (shop_id) where zeroes > 0;
create index pending_wanted_idx on sync.pending (shop_id, kind, key) where run_id is not null or cleared;
comment on table sync.pending is
'Products whose stock at a shop differs, or may differ, from the warehouse, one row however often they changed.';
comment on column sync.pending.urgency is
'What is sent first: for falling stock the number of units left, for rising stock 1000000.';
comment on column sync.pending.job_id is
'The job that will settle this row. A change that comes after packing takes it out again.';

create table sync.requests (
  id bigint generated always as identity primary key,
  shop_id bigint not null references sync.shops on delete cascade,
  kind text not null,
  lane smallint not null,
  job_id bigint not null,
  document text not null,
  idempotency_key uuid not null unique default gen_random_uuid(),
  variables json not null,
  entries integer not null,
  state text not null default 'open',
  sends integer not null default 1,
  run_id bigint,
  answer json,
  created_at timestamptz not null default clock_timestamp(),
  answered_at timestamptz,
  constraint state_is_known check (state in ('open', 'applied', 'rejected', 'abandoned')),
  constraint answered_unless_open check ((state = 'open') = (answered_at is null))
);
create index requests_open_idx on sync.requests (shop_id, kind, lane) where state = 'open';
create index requests_created_at_idx on sync.requests (created_at);
comment on table sync.requests is
'Every writing request, stored with its idempotency key before it is sent. While no answer is known it is open, '
'and the same text is repeated under the same key before its lane goes on.';
comment on column sync.requests.variables is 'The exact text that is sent: Shopify compares the order of fields as well.';

create table sync.run_writes (
  run_id bigint not null,
  request_id bigint not null references sync.requests on delete cascade,
  product_key text not null,
  inventory_item_id bigint not null,
  location_id bigint not null,
  quantity integer not null,
  change_from_quantity integer not null,
  primary key (request_id, inventory_item_id, location_id)
);
create index run_writes_run_id_idx on sync.run_writes (run_id);
comment on table sync.run_writes is 'Levels that a request set because a run wanted it: what an undo of the run restores.';

create table sync.shadow_writes (
  id bigint generated always as identity primary key,
  shop_id bigint not null references sync.shops on delete cascade,
  product_key text not null,
  inventory_item_id bigint not null,
  location_id bigint not null,
  quantity integer not null,
  change_from_quantity integer not null,
  at timestamptz not null default clock_timestamp()
);
create index shadow_writes_level_idx on sync.shadow_writes (shop_id, inventory_item_id, location_id, id);
create index shadow_writes_at_idx on sync.shadow_writes (at);
comment on table sync.shadow_writes is 'What would have been sent to a shop in mode monitor.';

create table sync.guards (
  shop_id bigint primary key references sync.shops on delete cascade,
  zero_share double precision not null default 0.2,
  change_share double precision not null default 0.5,
  allowance integer not null default 10,
  levels integer,
  in_stock integer,
  counted_at timestamptz,
  held_at timestamptz,
  held_reason text,
  constraint shares_are_shares check (zero_share > 0 and zero_share <= 1 and change_share > 0 and change_share <= 1),
  constraint allowance_is_not_negative check (allowance >= 0),
  constraint held_has_reason check ((held_at is null) = (held_reason is null))
) with (fillfactor = 50);
comment on table sync.guards is
'Per shop: what is unusual, and whether its pushes are held until somebody releases them.';
comment on column sync.guards.zero_share is
'More than this share of the levels in stock set to zero is unusual; 1: nothing is.';
comment on column sync.guards.change_share is
'More than this share of all levels changed at one stroke is unusual; 1: nothing is.';
comment on column sync.guards.allowance is 'So many levels are never unusual.';

create table sync.calls (
  id bigint generated always as identity primary key,
  shop_id bigint not null references sync.shops on delete cascade,
  request_id bigint,
  document text not null,
  at timestamptz not null default clock_timestamp(),
  milliseconds integer not null,
  http_status integer,
  error_class text,
  message text,
  requested_cost integer,
  actual_cost integer,
  currently_available integer,
  shopify_request_id text
);
create index calls_at_idx on sync.calls (at);
create index calls_request_id_idx on sync.calls (request_id) where request_id is not null;
comment on table sync.calls is 'Every call of the Admin API: what it cost and how it ended. No tokens, no bodies.';

create table sync.refusals (
  id bigint generated always as identity primary key,
  shop_id bigint not null references sync.shops on delete cascade,
  kind text not null default 'inventory',
  key text collate "C" not null,
  location_id bigint,
  class text not null,
  message text not null,
  remedy text not null,
  job_id bigint,
  request_id bigint,
  refusals integer not null default 1,
  first_at timestamptz not null default now(),
  last_at timestamptz not null default now()
);
create unique index refusals_key_idx on sync.refusals (shop_id, kind, key, coalesce(location_id, 0));
comment on table sync.refusals is
'What Shopify, or our own check, refused for good: one open row per product and location, gone when it succeeds.';

create table sync.conflicts (
  id bigint generated always as identity primary key,
  shop_id bigint not null references sync.shops on delete cascade,
  inventory_item_id bigint not null,
  location_id bigint not null,
  request_id bigint,
  expected integer not null,
  found integer not null,
  committed_expected integer not null,
  committed_found integer not null,
  cause text not null,
  found_at timestamptz not null default now(),
  constraint cause_is_known check (cause in ('un-imported order', 'foreign edit'))
);
create index conflicts_item_idx on sync.conflicts (shop_id, inventory_item_id, location_id, found_at);
comment on table sync.conflicts is
'Levels that Shopify held differently from what we had last seen, found by a stale compare-and-set.';

create table sync.discrepancies (
  id bigint generated always as identity primary key,
  shop_id bigint not null references sync.shops on delete cascade,
  product_key text not null,
  inventory_item_id bigint not null,
  location_id bigint not null,
  expected integer not null,
  found integer not null,
  size integer not null generated always as (expected - found) stored,
  cause text not null,
  first_seen_at timestamptz not null default now(),
  last_seen_at timestamptz not null default now(),
  run_id bigint not null,
  corrected_at timestamptz,
  corrected_by bigint,
  vanished_at timestamptz,
  constraint cause_is_known check (
    cause in ('foreign edit', 'missed change', 'failed push', 'un-imported order', 'mapping')
  ),
  constraint corrected_by_a_request check ((corrected_at is null) = (corrected_by is null)),
  constraint corrected_or_vanished check (corrected_at is null or vanished_at is null)
);
create unique index discrepancies_open_idx on sync.discrepancies (shop_id, inventory_item_id, location_id)
where corrected_at is null and vanished_at is null;
create index discrepancies_first_seen_at_idx on sync.discrepancies (first_seen_at);
comment on table sync.discrepancies is
'Levels that reconciling found to be otherwise than they should be though nothing was on its way, with the cause. '
'Open until a request has corrected them, or until they are found right.';
comment on column sync.discrepancies.run_id is 'The run that saw it last.';
comment on column sync.discrepancies.corrected_by is 'The request that carried the right number to Shopify.';

create table sync.budgets (
  shop_id bigint primary key references sync.shops on delete cascade,
  capacity double precision not null,
  restore_rate double precision not null,
  level double precision not null,
  updated_at timestamptz not null default clock_timestamp(),
  constraint capacity_and_rate_are_positive check (capacity > 0 and restore_rate > 0)
) with (fillfactor = 10);
comment on table sync.budgets is
'The cost budget of a shop, shared by all runner processes: a copy of Shopify''s leaky bucket, corrected by every answer.';
comment on column sync.budgets.level is 'Points left. Below zero: points promised to callers that still wait for them.';

create table sync.circuits (
  shop_id bigint primary key references sync.shops on delete cascade,
  state text not null default 'closed',
  failures integer not null default 0,
  failed_at timestamptz not null default clock_timestamp(),
  class text not null,
  message text not null,
  opened_at timestamptz,
  probes integer not null default 0,
  next_probe_at timestamptz,
  probe_job_id bigint,
  constraint state_is_known check (state in ('closed', 'open', 'half-open')),
  constraint an_open_circuit_has_a_next_probe check (
    state = 'closed' or (opened_at is not null and next_probe_at is not null)
  )
);
comment on table sync.circuits is
'Shops that failed: while a circuit is open nothing is packed for its shop, and one job at a time probes it. No row: closed.';
comment on column sync.circuits.class is 'Of the last failure, with its message.';
comment on column sync.circuits.failures is 'In a row, each within a minute of the one before.';

--! include functions/lane_of.sql
-- The lane in which a key travels, 0 to 3. Changing it moves keys between lanes: stop all runners first.
create or replace function sync.lane_of(p_key text) returns smallint
language sql immutable strict parallel safe
return (pg_catalog.hashtextextended(p_key, 0) & 3)::smallint;
comment on function sync.lane_of(text) is 'The lane in which a key travels, 0 to 3.';
--! end

--! include functions/compute_levels.sql
-- What Shopify should hold NOW for some products: one row per linked product and managed Shopify location.
-- Runs when a change is relayed and again when it is sent. A warehouse without any product is one that is not
-- attached: then nothing is known, which is not the same as nothing in stock.
create or replace function sync.compute_levels(p_shop_id bigint, p_keys text[])
returns table (
  product_key text,
  inventory_item_id bigint,
  location_id bigint,
  tracked boolean,
  counted integer,
  uncounted integer,
  desired integer,
  seen integer
)
language plpgsql stable
set search_path = ''
as $$
#variable_conflict use_column
begin
  return query
  with linked as materialized (
    select k.product_key, k.variant_id, k.inventory_item_id from sync.links as k
    where k.shop_id = p_shop_id and k.product_key = any (p_keys) and k.state = 'ok'
  ),

  stock as materialized (
    select s.product_key collate "C" as product_key, m.location_id, sync.whole_units(sum(s.available)) as available
    -- A key that is not linked may be one of an earlier mapping, and of another type.
    from sync.read_stock(array(select k.product_key from linked as k)) as s
    join sync.shop_locations as m on m.shop_id = p_shop_id and m.location_key = s.location_key
    where m.location_id is not null
    group by 1, 2
  ),

  managed as materialized (
    select m.location_id from sync.managed_locations as m where m.shop_id = p_shop_id
  )

  select
    k.product_key,
    k.inventory_item_id,
    m.location_id,
    v.tracked,
    coalesce(s.available, 0),
    greatest(e.committed - e.committed_counted, 0),
    coalesce(s.available, 0) - greatest(e.committed - e.committed_counted, 0),
    e.available
  from linked as k
  -- Looked up one by one, whatever plan the runner keeps: it may have been made while there were few.
  join lateral (
    select w.tracked from sync.variants as w where w.shop_id = p_shop_id and w.variant_id = k.variant_id limit 1
  ) as v on true
  cross join managed as m
  left join stock as s on s.product_key = k.product_key and s.location_id = m.location_id
  left join lateral (
    select l.available, l.committed, l.committed_counted from sync.levels as l
    where l.shop_id = p_shop_id and l.inventory_item_id = k.inventory_item_id and l.location_id = m.location_id
    limit 1
  ) as e on true
  where exists (select from sync.source_products);
end $$;
comment on function sync.compute_levels(bigint, text[]) is
'What Shopify should hold now for some products: counted in the warehouse, less the units of orders not yet imported.';
--! end

--! include functions/held_back.sql
-- Why nothing may be packed for a shop now: it is off, or its guard holds it. Null: nothing is in the way.
create or replace function sync.held_back(p_shop_id bigint) returns text
language sql stable
set search_path = ''
begin atomic
select case when h.mode = 'off' then 'off' when h.mode = 'live' and g.held_at is not null then 'guard' end
from sync.shops as h
left join sync.guards as g on h.id = g.shop_id
where h.id = p_shop_id;
end;
comment on function sync.held_back(bigint) is 'Why nothing may be packed for a shop now, off or guard; null if nothing is in the way.';
--! end

--! include functions/hold_shop.sql
-- Stop a live shop: its changes wait in sync.pending until somebody has looked and released them.
create or replace function sync.hold_shop(p_shop_id bigint, p_reason text, p_detail jsonb default '{}')
returns boolean
language plpgsql
set search_path = ''
as $$
begin
  update sync.guards as g
  set held_at = clock_timestamp(), held_reason = p_reason
  where g.shop_id = p_shop_id and g.held_at is null;
  if not found then
    return false;
  end if;
  perform sync.raise_alert(
    'guard_held', p_shop_id, '', p_reason, 'Run: shelfwire guard show, then shelfwire guard release', p_detail
  );
  perform sync.note_event(p_shop_id, 'guard_held', '', p_reason, p_detail);
  return true;
end $$;
comment on function sync.hold_shop(bigint, text, jsonb) is
'Stop a live shop until its guard is released; false if it was held already.';
--! end

--! include functions/zeroed_lately.sql
-- How many levels more were set to zero than restored in a lane, of late: what is longer ago counts less, by half every
-- half hour. Without a search_path, and of the statement's time, that it may be inlined: it is asked at every push.
create or replace function sync.zeroed_lately(p_lane sync.lanes) returns double precision
language sql stable parallel safe
return (p_lane).zeroed * 0.5 ^ (
  extract(epoch from greatest(pg_catalog.statement_timestamp() - (p_lane).zeroed_at, '0')) / 1800
);
comment on function sync.zeroed_lately(sync.lanes) is
'How many levels more were set to zero than restored in a lane, of late.';
--! end

--! include functions/count_guarded.sql
-- The guard of a shop, with its levels counted: not more often than once a minute, for that takes a while. In stock
-- is also what was zeroed lately.
create or replace function sync.count_guarded(p_shop_id bigint) returns sync.guards
language plpgsql
set search_path = ''
as $$
declare
  v_guard sync.guards;
begin
  update sync.guards as g
  set (levels, in_stock, counted_at) = (
    select
      count(*),
      count(*) filter (where e.available > 0) + ceil((
        select coalesce(sum(sync.zeroed_lately(l)), 0) from sync.lanes as l where l.shop_id = p_shop_id
      )),
      clock_timestamp()
    from sync.links as k
    join sync.levels as e on e.shop_id = k.shop_id and e.inventory_item_id = k.inventory_item_id
    where k.shop_id = p_shop_id and k.state = 'ok'
  )
  where g.shop_id = p_shop_id
    and (g.counted_at is null or g.counted_at < clock_timestamp() - interval '1 minute');
  select g.* into strict v_guard from sync.guards as g where g.shop_id = p_shop_id;
  return v_guard;
end $$;
comment on function sync.count_guarded(bigint) is 'The guard of a shop, with its levels counted within the last minute.';
--! end

--! include functions/guard_stops.sql
-- Would a push that sets p_zeroes levels to zero be one too many? Then the shop is held.
create or replace function sync.guard_stops(p_shop_id bigint, p_zeroes bigint) returns boolean
language plpgsql
set search_path = ''
as $$
declare
  v_guard sync.guards;
  v_zeroes double precision;
begin
  select g.* into strict v_guard from sync.guards as g where g.shop_id = p_shop_id;
  v_zeroes := ceil(p_zeroes + (
    select coalesce(sum(sync.zeroed_lately(l)), 0) from sync.lanes as l where l.shop_id = p_shop_id
  ));
  if v_guard.zero_share >= 1 or v_zeroes <= v_guard.allowance then
    return false;
  end if;
  v_guard := sync.count_guarded(p_shop_id);
  if v_zeroes <= greatest(v_guard.allowance, v_guard.zero_share * v_guard.in_stock) then
    return false;
  end if;
  -- Another lane may have held it just now: this push is one too many all the same.
  perform sync.hold_shop(
    p_shop_id,
    format('%s of %s levels in stock would be set to zero.', v_zeroes, v_guard.in_stock),
    jsonb_build_object('zeroes', v_zeroes, 'in_stock', v_guard.in_stock, 'share', v_guard.zero_share)
  );
  return true;
end $$;
comment on function sync.guard_stops(bigint, bigint) is
'Would setting so many levels more to zero be unusual? Then the shop is held.';
--! end

--! include functions/check_guard.sql
-- Would what is pending for a live shop zero or change an unusual share of it? Then stop before anything goes out.
-- Zeroed: what is pending to be zeroed, and what was lately (a net count that fades), against the levels in stock.
-- Changed: p_moves, what became pending at one stroke, against all levels. What somebody has cleared, by the plan
-- that made the shop live or by releasing the guard, does not count.
create or replace function sync.check_guard(p_shop_id bigint, p_moves integer) returns boolean
language plpgsql
set search_path = ''
as $$
declare
  v_guard sync.guards;
  v_zeroes integer;
begin
  select g.* into v_guard
  from sync.guards as g
  join sync.shops as h on h.id = g.shop_id
  where g.shop_id = p_shop_id and h.mode = 'live' and g.held_at is null;
  if not found then
    return false;
  end if;
  select coalesce(sum(p.zeroes), 0) into v_zeroes
  from sync.pending as p
  where p.shop_id = p_shop_id and p.zeroes > 0 and not p.cleared;
  if v_zeroes > 0 and sync.guard_stops(p_shop_id, v_zeroes) then
    return true;
  elsif v_guard.change_share >= 1 or p_moves <= v_guard.allowance then
    return false;
  end if;
  v_guard := sync.count_guarded(p_shop_id);
  return p_moves > greatest(v_guard.allowance, v_guard.change_share * v_guard.levels) and sync.hold_shop(
    p_shop_id,
    format('%s of %s levels would change at one stroke.', p_moves, v_guard.levels),
    jsonb_build_object('moves', p_moves, 'levels', v_guard.levels, 'share', v_guard.change_share)
  );
end $$;
comment on function sync.check_guard(bigint, integer) is
'Stop a live shop if what is pending would zero or change an unusual share of it; says whether it did.';
--! end

--! include functions/mark_pending.sql
-- Note that products of a shop may have to be pushed: those whose level differs from the one last seen, and
-- those that are pending already, for their push may be under way with an older number. What Shopify does not track
-- has no number to push: open_refusals shows it. p_run_id is the run that wants it, p_cleared that somebody has
-- seen what it will change: the guard lets it pass.
create or replace function sync.mark_pending(
  p_shop_id bigint, p_keys text[], p_since timestamptz[], p_run_id bigint default null, p_cleared boolean default false
)
returns integer
language plpgsql
set search_path = ''
as $$
declare
  v_marked integer;
  v_moves integer;
begin
  with found as materialized (
    select
      c.product_key,
      coalesce(min(greatest(c.desired, 0)) filter (where c.desired < c.seen), 1000000) as urgency,
      min(k.since) as since,
      count(*) filter (where c.tracked and c.desired <> coalesce(c.seen, 0)) as moves,
      count(*) filter (where c.tracked and c.desired <= 0 and c.seen > 0) as zeroes
    from sync.compute_levels(p_shop_id, p_keys) as c
    join unnest(p_keys, p_since) as k (key, since) on k.key = c.product_key
    left join lateral (
      select p.key from sync.pending as p
      where p.shop_id = p_shop_id and p.kind = 'inventory' and p.key = c.product_key
      limit 1
    ) as q on true
    group by c.product_key
    having bool_or(c.tracked and c.desired is distinct from c.seen) or count(q.key) > 0
  ),

  marked as (
    insert into sync.pending as p (shop_id, key, lane, urgency, since, moves, zeroes, run_id, cleared)
    select
      p_shop_id, f.product_key, sync.lane_of(f.product_key), f.urgency, f.since, f.moves, f.zeroes, p_run_id, p_cleared
    from found as f
    order by f.product_key collate "C"  -- one order everywhere: no deadlock with release_guard()
    on conflict (shop_id, kind, key) do update
    set
      job_id = null,
      urgency = excluded.urgency,
      changes = p.changes + 1,
      moves = excluded.moves,
      zeroes = excluded.zeroes,
      run_id = coalesce(excluded.run_id, p.run_id),
      cleared = excluded.cleared or (p.cleared and excluded.zeroes <= p.zeroes)
    returning 1
  )

  select (select count(*) from marked), (
    -- The most that came within one minute: a backlog of hours is not one stroke.
    select max(s.moves) from (
      select sum(sum(f.moves)) over (
        order by date_trunc('second', f.since) range between interval '1 minute' preceding and current row
      ) as moves
      from found as f
      group by date_trunc('second', f.since)
    ) as s
  )
  into v_marked, v_moves;
  if v_marked > 0 and not p_cleared then
    perform sync.check_guard(p_shop_id, coalesce(v_moves, 0));
  end if;
  return v_marked;
end $$;
comment on function sync.mark_pending(bigint, text[], timestamptz[], bigint, boolean) is
'Note that the stock of some products may have to be pushed to a shop; returns how many do.';
--! end

--! include functions/mark_all_pending.sql
-- After a bulk change or a truncate nobody knows which products changed: look at every linked one.
create or replace function sync.mark_all_pending(
  p_shop_id bigint, p_since timestamptz default now(), p_run_id bigint default null, p_cleared boolean default false
)
returns integer
language sql
set search_path = ''
begin atomic
select sync.mark_pending(p_shop_id, array_agg(k.product_key), array_agg(p_since), p_run_id, p_cleared)
from sync.links as k
where k.shop_id = p_shop_id and k.state = 'ok';
end;
comment on function sync.mark_all_pending(bigint, timestamptz, bigint, boolean) is
'Look at every linked product of a shop and note those whose stock must be pushed; returns how many.';
--! end

--! include functions/enqueue_job.sql
-- The only place that knows how PgQueuer stores a job. Its own trigger wakes the runners.
create or replace function sync.enqueue_job(p_entrypoint text, p_payload jsonb, p_priority integer)
returns bigint
language sql
set search_path = ''
begin atomic
with job as (
  insert into pgqueuer.pgqueuer (entrypoint, payload, priority, status)
  values (p_entrypoint, convert_to(p_payload::text, 'UTF8'), p_priority, 'queued')
  returning id, entrypoint, priority
),

logged as (
  insert into pgqueuer.pgqueuer_log (job_id, status, entrypoint, priority)
  select id, 'queued', entrypoint, priority from job
)

select id from job;
end;
comment on function sync.enqueue_job(text, jsonb, integer) is 'Hand a job to PgQueuer; a larger number is served first.';
--! end

--! include functions/pack_jobs.sql
-- Turn what is pending into jobs of at most 250 keys, falling stock first. It packs late: while a job of the lane
-- runs or is ready, or two wait to be tried again, further changes coalesce in sync.pending; a job takes them along
-- when it starts, and goes on with them at its end. A shop whose circuit is open gets jobs when a probe is due, one
-- that is off or held by its guard gets none. Falling stock does not queue up behind rising stock.
create or replace function sync.pack_jobs() returns integer
language plpgsql
set search_path = ''
as $$
declare
  v_lane sync.lanes;
  v_keys text[];
  v_priority integer;
  v_job_id bigint;
  v_packed integer := 0;
begin
  for v_lane in
    select l.* from sync.lanes as l
    where exists (
      select from sync.pending as p
      where p.shop_id = l.shop_id and p.kind = l.kind and p.lane = l.lane and p.job_id is null
    ) and not exists (
      select from sync.circuits as c
      where c.shop_id = l.shop_id and c.state <> 'closed' and c.next_probe_at > clock_timestamp()
    ) and not exists (
      select from pgqueuer.pgqueuer as j where j.id = l.job_id and j.status = 'picked'
    ) and sync.held_back(l.shop_id) is null
  loop
    loop
      select array_agg(n.key), case when min(n.urgency) < 1000000 then 20 else 10 end
      into v_keys, v_priority
      from (
        select p.key, p.urgency from sync.pending as p
        where p.shop_id = v_lane.shop_id and p.kind = v_lane.kind and p.lane = v_lane.lane and p.job_id is null
        order by p.urgency, p.since
        limit 250
      ) as n;
      exit when v_keys is null or (
        select count(*) >= 2 or coalesce(bool_or(j.execute_after <= now()), false)
        from pgqueuer.pgqueuer as j
        where j.entrypoint = v_lane.entrypoint and j.status = 'queued' and j.priority >= v_priority
      );
      v_job_id := sync.enqueue_job(
        v_lane.entrypoint, jsonb_build_object('shop_id', v_lane.shop_id, 'lane', v_lane.lane, 'keys', v_keys), v_priority
      );
      perform from sync.pending as p
      where p.shop_id = v_lane.shop_id and p.kind = v_lane.kind and p.key = any (v_keys)
      order by p.key  -- one order everywhere: no deadlock with mark_pending()
      for update;
      update sync.pending as p set job_id = v_job_id
      where p.shop_id = v_lane.shop_id and p.kind = v_lane.kind and p.key = any (v_keys);
      v_packed := v_packed + 1;
    end loop;
  end loop;
  return v_packed;
end $$;
comment on function sync.pack_jobs() is 'Turn what is pending into jobs of at most 250 keys; returns how many jobs.';
--! end

--! include functions/release_orphans.sql
-- Take rows out of jobs that are no more: lost with a runner, failed for good, or deleted by a person.
create or replace function sync.release_orphans() returns integer
language plpgsql
set search_path = ''
set enable_seqscan = on
as $$
declare
  v_released integer;
begin
  update sync.pending as p
  set job_id = null
  where p.job_id is not null and not exists (
    select from pgqueuer.pgqueuer as j where j.id = p.job_id and j.status in ('queued', 'picked')
  );
  get diagnostics v_released = row_count;
  return v_released;
end $$;
comment on function sync.release_orphans() is
'Take pending rows out of jobs that are no more, so that they are packed again; returns how many.';
--! end

--! include functions/relay_changes.sql
-- Empty the change queues into the change log, note which products must be pushed, pack jobs.
-- Any runner may call it at any time; one works, the others get no row and go on. A runner that means to sleep for
-- p_sleep seconds says so before this, its last look: what is committed later wakes it with NOTIFY sync_changes.
create or replace function sync.relay_changes(p_sleep integer default 0, p_limit integer default 500000)
returns table (relayed integer, packed integer, waiting text[])
language plpgsql
set search_path = ''
set work_mem = '128MB'
set synchronize_seqscans = off
as $$
#variable_conflict use_column
declare
  v_relayed integer;
  v_everything timestamptz;
  v_keys text[];
  v_since timestamptz[];
  v_shop_id bigint;
  v_attached boolean;
begin
  if not pg_try_advisory_xact_lock(7305808869231650152) then
    return;
  end if;
  if p_sleep > 0 then
    perform setval('sync.asleep_until', ceil(extract(epoch from clock_timestamp()))::bigint + p_sleep);
  end if;

  -- By range: linear even with a plan that was made when the queue was small, unlike a list of places.
  with taken as (
    delete from sync.change_queue_0
    where ctid <= (select max(n.ctid) from (select q.ctid from sync.change_queue_0 as q limit p_limit) as n)
    returning *
  ),

  taken_1 as (
    delete from sync.change_queue_1
    where ctid <= (select max(n.ctid) from (select q.ctid from sync.change_queue_1 as q limit p_limit) as n)
    returning *
  ),

  changes as materialized (
    select * from taken
    union all
    select * from taken_1
  ),

  logged as (
    insert into sync.change_log (entity, op, key, old_key, changed_at, xid)
    select entity, op, key, old_key, changed_at, xid from changes
  ),

  moved as (
    select key, changed_at from changes where entity = 'item' and key is not null
    union all
    select old_key, changed_at from changes where entity = 'item' and old_key is not null
  ),

  coalesced as (
    select key, min(changed_at) as since from moved group by key
  )

  select
    (select count(*) from changes),
    (select min(changed_at) from changes where entity = 'item' and op in ('attach', 'bulk', 'truncate')),
    (select array_agg(key) from coalesced),
    (select array_agg(since) from coalesced),
    (select bool_or(op = 'attach') from changes)
  into v_relayed, v_everything, v_keys, v_since, v_attached;

  if v_attached then
    -- Another mapping may know other products, under keys of another type.
    delete from sync.links as k
    where not exists (
      select from sync.source_products as p
      where p.product_key = k.product_key and nullif(btrim(p.sku), '') is not distinct from k.sku
    );
  end if;

  if v_relayed > 0 then
    for v_shop_id in select s.id from sync.shops as s where s.linked_at is not null order by s.id loop
      if v_everything is not null then
        perform sync.mark_all_pending(v_shop_id, v_everything);
      else
        perform sync.mark_pending(v_shop_id, v_keys, v_since);
      end if;
    end loop;
  end if;
  relayed := v_relayed;
  packed := sync.pack_jobs();
  -- Jobs that run take these along; those that linger are woken for them.
  waiting := array(
    select l.entrypoint from sync.lanes as l
    where exists (
      select from sync.pending as p
      where p.shop_id = l.shop_id and p.kind = l.kind and p.lane = l.lane and p.job_id is null
    )
  );
  if relayed + packed > 0 and pg_sequence_last_value('sync.asleep_until') > 0 then
    perform setval('sync.asleep_until', 0);
  end if;
  return next;
end $$;
comment on function sync.relay_changes(integer, integer) is
'Empty the change queues into the change log and pack jobs; returns how many of each, and the lanes in which something '
'waits for a job that runs. No row when another runner is at it.';
--! end

--! include functions/reserve_budget.sql
-- Take points from a shop's budget and say how long to wait before sending: points that are not there yet are
-- promised in turn, so that callers of all processes queue up fairly. p_keep points stay out of reach of the
-- caller (stock pushes pass 0); a caller who would have to wait longer than 10 s, or to reach into p_keep,
-- gets nothing and is told when to ask again. p_writes: no points for a mutation unless the shop is live.
create or replace function sync.reserve_budget(
  p_shop_id bigint, p_cost integer, p_keep integer default 0, p_writes boolean default false
)
returns table (granted boolean, wait_seconds double precision)
language plpgsql
set search_path = ''
as $$
#variable_conflict use_column
declare
  v_now timestamptz;
  v_rate double precision;
  v_level double precision;
begin
  if p_writes and not exists (select from sync.shops as h where h.id = p_shop_id and h.mode = 'live') then
    raise exception sqlstate 'SW005' using message = format('shop %s is not live', p_shop_id);
  end if;
  select
    b.restore_rate,
    least(b.capacity, b.level + b.restore_rate * extract(epoch from greatest(clock_timestamp() - b.updated_at, '0'))),
    clock_timestamp()
  into v_rate, v_level, v_now
  from sync.budgets as b where b.shop_id = p_shop_id for update;
  if not found then
    raise exception sqlstate 'SW002' using message = format('shop %s has no budget', p_shop_id);
  end if;
  v_level := v_level - p_cost;
  granted := v_level >= case when p_keep > 0 then p_keep else -10 * v_rate end;
  wait_seconds := case
    when granted then greatest(-v_level / v_rate, 0)
    else greatest((p_keep - v_level) / v_rate, 0.05)
  end;
  if granted then
    update sync.budgets set level = v_level, updated_at = v_now where shop_id = p_shop_id;
  end if;
  return next;
end $$;
comment on function sync.reserve_budget(bigint, integer, integer, boolean) is
'Take points from a shop''s budget; says whether they were granted and how many seconds to wait.';
--! end

--! include functions/note_failure.sql
-- A job failed for a reason that may hold for every call of its shop. The fifth such failure in a row, each within
-- five minutes of the one before (a job's tries may all wait for an answer in vain), opens the shop's circuit; so
-- does, at once, p_refused: the shop or the token is the reason. A probe that fails doubles the wait for the next, up
-- to a minute. Jobs that began before the circuit opened change nothing.
create or replace function sync.note_failure(
  p_shop_id bigint, p_job_id bigint, p_class text, p_message text, p_refused boolean default false
)
returns text
language sql
set search_path = ''
begin atomic
insert into sync.circuits as c (shop_id, state, failures, class, message, opened_at, next_probe_at)
select
  h.id, case when p_refused then 'open' else 'closed' end, 1, p_class, p_message,
  case when p_refused then clock_timestamp() end,
  case when p_refused then clock_timestamp() + interval '1 second' * (0.5 + random()) end
from sync.shops as h where h.id = p_shop_id
on conflict (shop_id) do update
set
  failures = case
    when c.state = 'closed' and c.failed_at < clock_timestamp() - interval '5 minutes' then 1
    when c.state = 'open' then c.failures
    else c.failures + 1
  end,
  failed_at = clock_timestamp(),
  class = p_class,
  message = p_message,
  state = case
    when c.state = 'half-open' and c.probe_job_id = p_job_id then 'open'
    when c.state <> 'closed' then c.state
    when p_refused or (c.failures >= 4 and c.failed_at >= clock_timestamp() - interval '5 minutes') then 'open'
    else 'closed'
  end,
  opened_at = case when c.state = 'closed' then clock_timestamp() else c.opened_at end,
  probes = case when c.state = 'half-open' and c.probe_job_id = p_job_id then c.probes + 1 else c.probes end,
  next_probe_at = case
    when c.state = 'closed' or (c.state = 'half-open' and c.probe_job_id = p_job_id)
      then clock_timestamp() + interval '1 second' * least(60, 2.0 ^ least(c.probes, 6)) * (0.5 + random())
    else c.next_probe_at
  end
returning state;
end;
comment on function sync.note_failure(bigint, bigint, text, text, boolean) is
'A job failed for a reason that may hold for every call of its shop; returns the state of the shop''s circuit.';
--! end

--! include functions/note_success.sql
-- The shop answers: its circuit is closed, and the relay, which packed nothing for it meanwhile, is woken.
create or replace function sync.note_success(p_shop_id bigint) returns void
language sql
set search_path = ''
begin atomic
with closed as (
  update sync.circuits as c
  set state = 'closed', failures = 0, probes = 0, opened_at = null, next_probe_at = null, probe_job_id = null
  from sync.circuits as o
  where c.shop_id = p_shop_id and o.shop_id = c.shop_id and c.failures > 0
  returning o.state
)

select pg_notify('sync_changes', '') from closed where state <> 'closed';
end;
comment on function sync.note_success(bigint) is 'The shop answers: close its circuit and wake the relay.';
--! end

--! include functions/give_back.sql
-- A job ends without having pushed its keys: they wait in sync.pending until they are packed again.
create or replace function sync.give_back(p_shop_id bigint, p_job_id bigint) returns void
language plpgsql
set search_path = ''
as $$
begin
  -- What is locked is about to be out of the job anyway; waiting for it could deadlock.
  update sync.pending as p set job_id = null
  where p.ctid = any (array(
    select q.ctid from sync.pending as q
    where q.shop_id = p_shop_id and q.job_id = p_job_id
    for update skip locked
  ));
end $$;
comment on function sync.give_back(bigint, bigint) is 'Take the keys of a job that ends out of it: they wait to be packed again.';
--! end

--! include functions/enter_circuit.sql
-- May a job call its shop? Not while the shop is off or held by its guard, unless an undo waits to be sent. While the
-- circuit is open, one may when the next probe is due: 'probe'. The others give their keys back and end, 'held', so
-- that changes coalesce in sync.pending. A probe that is never heard of again is followed by another after a minute.
create or replace function sync.enter_circuit(p_shop_id bigint, p_job_id bigint) returns text
language plpgsql
set search_path = ''
as $$
begin
  if sync.held_back(p_shop_id) is not null and not exists (
    select from sync.requests as r where r.shop_id = p_shop_id and r.state = 'open' and r.run_id is not null
  ) then
    perform sync.give_back(p_shop_id, p_job_id);
    return 'held';
  elsif not exists (select from sync.circuits as c where c.shop_id = p_shop_id and c.state <> 'closed') then
    return 'closed';
  end if;
  update sync.circuits as c
  set state = 'half-open', probe_job_id = p_job_id, next_probe_at = clock_timestamp() + interval '1 minute'
  where c.shop_id = p_shop_id and c.state <> 'closed'
    and (c.next_probe_at <= clock_timestamp() or (c.state = 'half-open' and c.probe_job_id = p_job_id));
  if found then
    return 'probe';
  end if;
  perform sync.give_back(p_shop_id, p_job_id);
  return 'held';
end $$;
comment on function sync.enter_circuit(bigint, bigint) is
'May a job call its shop: closed, probe or held. If held, its keys are given back, to be packed again.';
--! end

--! include functions/record_call.sql
-- Log a call and learn from its answer's throttleStatus. p_call: {request_id, document, milliseconds, http_status,
-- error_class, message, shopify_request_id, reserved, requested, actual, capacity, restore_rate, available}, as far as
-- they are known. By now the bucket may hold more than the answer said, by the call's age. Our own level may be lower
-- (points promised to others), never higher. An answer without an error closes the shop's circuit; that of a reading
-- call does not while a request waits for its answer: Shopify may fail whatever writes, and a request that failed
-- stays open.
create or replace function sync.record_call(p_shop_id bigint, p_call json) returns void
language plpgsql
set search_path = ''
as $$
declare
  v_call record;
begin
  select c.* into v_call from json_to_record(p_call) as c (
    request_id bigint, document text, milliseconds integer, http_status integer, error_class text, message text,
    shopify_request_id text, reserved integer, requested integer, actual integer, capacity double precision,
    restore_rate double precision, available double precision
  );
  insert into sync.calls (
    shop_id, request_id, document, at, milliseconds, http_status, error_class, message, shopify_request_id,
    requested_cost, actual_cost, currently_available
  )
  values (
    p_shop_id, v_call.request_id, v_call.document, statement_timestamp(), v_call.milliseconds, v_call.http_status,
    v_call.error_class, v_call.message, v_call.shopify_request_id, v_call.requested, v_call.actual,
    v_call.available::integer
  );
  if v_call.error_class is null and (
    v_call.request_id is not null
    or not exists (select from sync.requests as r where r.shop_id = p_shop_id and r.state = 'open')
  ) then
    perform sync.note_success(p_shop_id);
  end if;
  update sync.budgets as b
  set
    capacity = coalesce(v_call.capacity, b.capacity),
    restore_rate = coalesce(v_call.restore_rate, b.restore_rate),
    -- least() passes over what the answer did not say.
    level = least(
      b.level + b.restore_rate * extract(epoch from greatest(clock_timestamp() - b.updated_at, '0'))
      + v_call.reserved - coalesce(v_call.actual, v_call.reserved),
      v_call.available + v_call.restore_rate
      * (v_call.milliseconds / 1000.0 + extract(epoch from clock_timestamp() - statement_timestamp())),
      coalesce(v_call.capacity, b.capacity)
    ),
    updated_at = greatest(clock_timestamp(), b.updated_at)
  where b.shop_id = p_shop_id;
end $$;
comment on function sync.record_call(bigint, json) is
'Log a call of the Admin API and correct the shop''s budget by its answer.';
--! end

--! include functions/request_entries.sql
-- The levels that a stored request carries, numbered as Shopify numbers them in its errors, from 0.
create or replace function sync.request_entries(p_variables json)
returns table (
  index integer, inventory_item_id bigint, location_id bigint, quantity integer, change_from_quantity integer
)
language sql immutable parallel safe
begin atomic
select
  (row_number() over () - 1)::integer,  -- a function's rows come in its order
  split_part(e."inventoryItemId", '/', 5)::bigint,
  split_part(e."locationId", '/', 5)::bigint,
  e.quantity,
  e."changeFromQuantity"
from json_to_recordset(p_variables #> '{input,quantities}') as e (
  "inventoryItemId" text, "locationId" text, quantity integer, "changeFromQuantity" integer
);
end;
comment on function sync.request_entries(json) is 'The levels that a stored request carries, numbered from 0.';
--! end

--! include functions/claim_lane.sql
-- A job takes its lane. It is given its keys, filled up with what became pending since it was packed and with those of
-- jobs that wait, or rising stock would for ever wait behind falling stock in a lane that is never idle; and what an
-- earlier job left without an answer. PgQueuer lets one job of a lane run at a time; when it hands on the job of a
-- runner that fell silent, the generation tells the two apart. Only a live shop is sent anything; one that its guard
-- holds, only what an undo restores.
create or replace function sync.claim_lane(p_shop_id bigint, p_lane integer, p_job_id bigint)
returns table (
  generation bigint, job_keys text[],
  request_id bigint, variables json, entries integer, keys text[], sends integer, age_seconds double precision
)
language sql
set search_path = ''
begin atomic
with claimed as (
  update sync.lanes as l
  set generation = l.generation + 1, job_id = p_job_id, claimed_at = clock_timestamp()
  where l.shop_id = p_shop_id and l.kind = 'inventory' and l.lane = p_lane
  -- On disk before the job acts on it: after a crash another would be given the same generation.
  returning l.generation, set_config('synchronous_commit', 'on', true) as commit_waits
),

shop as materialized (
  select h.mode, sync.held_back(h.id) is not null as is_held from sync.shops as h where h.id = p_shop_id
),

own as (
  select p.key from sync.pending as p
  where p.shop_id = p_shop_id and p.kind = 'inventory' and p.lane = p_lane and p.job_id = p_job_id
    and not (select shop.is_held from shop)
),

others as (
  (
    select q.key, q.urgency, q.since from sync.pending as q
    where q.shop_id = p_shop_id and q.kind = 'inventory' and q.lane = p_lane and q.job_id is null
    order by q.urgency, q.since
    limit 250
  )
  union all
  select q.key, q.urgency, q.since from sync.pending as q
  where q.shop_id = p_shop_id and q.kind = 'inventory' and q.lane = p_lane and q.job_id <> p_job_id
),

-- Materialized: run twice, it would find other rows the second time.
free as materialized (
  select q.key from sync.pending as q
  where q.shop_id = p_shop_id and q.kind = 'inventory' and q.key in (
    select o.key from others as o order by o.urgency, o.since limit greatest(250 - (select count(*) from own), 0)
  ) and not (select shop.is_held from shop)
  for update skip locked  -- waiting here could deadlock with mark_pending()
),

taken as (
  update sync.pending as p
  set job_id = p_job_id
  from free
  where p.shop_id = p_shop_id and p.kind = 'inventory' and p.key = free.key
  returning p.key
),

open as (
  update sync.requests as r
  set sends = r.sends + 1
  from shop
  where shop.mode = 'live' and (r.run_id is not null or not shop.is_held)
    and r.shop_id = p_shop_id and r.kind = 'inventory' and r.lane = p_lane and r.state = 'open'
  returning r.id, r.variables, r.entries, r.sends, r.created_at
)

select
  c.generation,
  array(
    select key from own
    union all
    select key from taken
    order by 1
  ),
  r.id,
  r.variables,
  r.entries,
  array(
    select k.product_key
    from sync.request_entries(r.variables) as e
    inner join sync.links as k on k.shop_id = p_shop_id and k.inventory_item_id = e.inventory_item_id
  ),
  r.sends,
  extract(epoch from now() - r.created_at)::double precision
from claimed as c
left join open as r on true
order by r.id;
end;
comment on function sync.claim_lane(bigint, integer, bigint) is
'A job takes its lane: the generation that plan_push() wants to see, its keys, and the requests without an answer.';
--! end

--! include functions/refuse.sql
-- Open a refusal, or count one more on the open one.
create or replace function sync.refuse(
  p_shop_id bigint, p_key text, p_location_id bigint, p_class text, p_message text, p_remedy text,
  p_job_id bigint, p_request_id bigint
)
returns void
language sql
set search_path = ''
begin atomic
insert into sync.refusals as f (shop_id, key, location_id, class, message, remedy, job_id, request_id)
values (p_shop_id, p_key, p_location_id, p_class, p_message, p_remedy, p_job_id, p_request_id)
on conflict (shop_id, kind, key, coalesce(location_id, 0)) do update
set
  refusals = f.refusals + (f.job_id is distinct from excluded.job_id)::integer,
  class = excluded.class,
  message = excluded.message,
  remedy = excluded.remedy,
  job_id = excluded.job_id,
  request_id = excluded.request_id,
  last_at = now();
end;
comment on function sync.refuse(bigint, text, bigint, text, text, text, bigint, bigint) is
'Open a refusal of a product (at a location), or count one more on the open one.';
--! end

--! include functions/quantity_input.sql
-- One entry of a request, an InventoryQuantityInput of Shopify's: written only if Shopify still holds p_before.
-- Without a search_path, that it may be inlined: a plan has 250 of them.
create or replace function sync.quantity_input(
  p_inventory_item_id bigint, p_location_id bigint, p_quantity integer, p_before integer
)
returns json
language sql stable parallel safe
return pg_catalog.json_build_object(
  'inventoryItemId', 'gid://shopify/InventoryItem/' || p_inventory_item_id,
  'locationId', 'gid://shopify/Location/' || p_location_id,
  'quantity', p_quantity,
  'changeFromQuantity', p_before
);
comment on function sync.quantity_input(bigint, bigint, integer, integer) is
'One entry of an inventorySetQuantities request.';
--! end

--! include functions/set_quantities.sql
-- The variables of an inventorySetQuantities request. Its reference makes our writes recognisable in Shopify's history.
create or replace function sync.set_quantities(p_request_id bigint, p_key uuid, p_quantities json) returns json
language sql stable parallel safe
return pg_catalog.json_build_object(
  'input', pg_catalog.json_build_object(
    'name', 'available',
    'reason', 'correction',
    'referenceDocumentUri', 'gid://shelfwire/Request/' || p_request_id,
    'quantities', p_quantities
  ),
  'key', p_key
);
comment on function sync.set_quantities(bigint, uuid, json) is 'The variables of an inventorySetQuantities request.';
--! end

--! include functions/plan_push.sql
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
set search_path = ''
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
--! end

--! include functions/record_answer.sql
-- Note how a request ended. Applied: its quantities are what Shopify holds now,
-- and correct what reconciling had found wrong. Rejected: the levels named in
-- p_refusals ([{index, class, message, remedy}]) are refused; nothing of the request was written. Abandoned: its
-- fate is settled by reading the levels anew. A second answer changes nothing.
create or replace function sync.record_answer(
  p_request_id bigint, p_state text, p_answer json, p_refusals json default '[]'
)
returns boolean
language plpgsql
set search_path = ''
as $$
declare
  v_request sync.requests;
  v_items bigint[];
  v_locations bigint[];
  v_quantities integer[];
begin
  update sync.requests
  set state = p_state, answer = p_answer, answered_at = clock_timestamp()
  where id = p_request_id and state = 'open'
  returning * into v_request;
  if not found then
    return false;
  end if;

  if p_state = 'applied' then
    -- Arrays: read once, and joined to by key, for the planner takes a function's rows for many.
    select array_agg(e.inventory_item_id), array_agg(e.location_id), array_agg(e.quantity)
    into v_items, v_locations, v_quantities
    from (
      select * from sync.request_entries(v_request.variables) as r order by r.inventory_item_id, r.location_id
    ) as e;
    update sync.levels as l
    set
      available = e.quantity,
      acknowledged = e.quantity,
      acknowledged_at = v_request.answered_at,
      seen_at = v_request.answered_at,
      request_id = p_request_id
    from unnest(v_items, v_locations, v_quantities) as e (inventory_item_id, location_id, quantity)
    where
      l.shop_id = v_request.shop_id
      and l.inventory_item_id = e.inventory_item_id
      and l.location_id = e.location_id;
    update sync.locations as o
    set is_managed = true
    where o.shop_id = v_request.shop_id and not o.is_managed and o.location_id = any (v_locations);
    update sync.discrepancies as d
    set corrected_at = v_request.answered_at, corrected_by = p_request_id
    from unnest(v_items, v_locations) as e (inventory_item_id, location_id)
    where
      d.shop_id = v_request.shop_id
      and d.inventory_item_id = e.inventory_item_id
      and d.location_id = e.location_id
      and d.corrected_at is null and d.vanished_at is null;
  end if;

  if json_array_length(p_refusals) > 0 then
    perform sync.refuse(
      v_request.shop_id, k.product_key, e.location_id, f.class, f.message, f.remedy, v_request.job_id, p_request_id
    )
    from json_to_recordset(p_refusals) as f (index integer, class text, message text, remedy text)
    join sync.request_entries(v_request.variables) as e on e.index = f.index
    join sync.links as k on k.shop_id = v_request.shop_id and k.inventory_item_id = e.inventory_item_id;
  end if;
  return true;
end $$;
comment on function sync.record_answer(bigint, text, json, json) is
'Note how a request ended; false if that was known already.';
--! end

--! include functions/record_levels.sql
-- Note levels as Shopify showed them ([{inventory_item_id, location_id, available, committed}]), read by a call
-- that began at p_started_at. p_items are all items that were read: at a managed location that Shopify did not list
-- it holds none of them. What was acknowledged or read later than that stands. When a stale request made us
-- look (p_request_id), every difference becomes a conflict with its cause.
create or replace function sync.record_levels(
  p_shop_id bigint, p_started_at timestamptz, p_items bigint[], p_levels json, p_request_id bigint default null
)
returns integer
language plpgsql
set search_path = ''
as $$
declare
  v_recorded integer;
begin
  if p_request_id is not null then
    insert into sync.conflicts (
      shop_id, inventory_item_id, location_id, request_id, expected, found, committed_expected, committed_found, cause
    )
    select
      p_shop_id, l.inventory_item_id, l.location_id, p_request_id,
      l.available, n.available, l.committed, n.committed,
      case when n.available < l.available and n.committed > 0 then 'un-imported order' else 'foreign edit' end
    from json_to_recordset(p_levels)
      as n (inventory_item_id bigint, location_id bigint, available integer, committed integer)
    join sync.levels as l using (inventory_item_id, location_id)
    where l.shop_id = p_shop_id and l.available <> n.available and l.seen_at < p_started_at;
  end if;

  insert into sync.levels as l (
    shop_id, inventory_item_id, location_id, available, committed, committed_counted, seen_at, moved_at
  )
  -- On first sight the orders that Shopify holds are taken as known to the warehouse.
  select p_shop_id, n.inventory_item_id, n.location_id, n.available, n.committed, n.committed, p_started_at, p_started_at
  from json_to_recordset(p_levels)
    as n (inventory_item_id bigint, location_id bigint, available integer, committed integer)
  order by n.inventory_item_id, n.location_id
  on conflict (shop_id, inventory_item_id, location_id) do update
  set
    available = excluded.available,
    committed = excluded.committed,
    -- What Shopify offers less than we had last seen may be new orders in the place of old ones: as many of those it
    -- owes are taken as unknown to the warehouse.
    committed_counted = least(
      l.committed_counted,
      excluded.committed - least(greatest(l.available - excluded.available, 0), excluded.committed)
    ),
    seen_at = excluded.seen_at,
    available_before = case
      when row(l.available, l.committed) = row(excluded.available, excluded.committed) then l.available_before
      else l.available
    end,
    committed_before = case
      when row(l.available, l.committed) = row(excluded.available, excluded.committed) then l.committed_before
      else l.committed
    end,
    moved_at = case
      when row(l.available, l.committed) = row(excluded.available, excluded.committed) then l.moved_at
      else excluded.seen_at
    end
  where l.seen_at < excluded.seen_at;
  get diagnostics v_recorded = row_count;

  insert into sync.levels (shop_id, inventory_item_id, location_id, available, seen_at, moved_at)
  select distinct p_shop_id, i.inventory_item_id, m.location_id, 0, p_started_at, p_started_at
  from unnest(p_items) as i (inventory_item_id)
  cross join sync.managed_locations as m
  where m.shop_id = p_shop_id
  on conflict (shop_id, inventory_item_id, location_id) do nothing;
  return v_recorded;
end $$;
comment on function sync.record_levels(bigint, timestamptz, bigint[], json, bigint) is
'Note levels as Shopify showed them; returns how many were news.';
--! end

--! include functions/settle_push.sql
-- A job is done: its keys are no longer pending, except those that changed again meanwhile, and what was
-- refused before and not again is no longer refused. A runner that was silent for long may come back while another
-- does its job, under the same id: p_generation, if given, must still be the lane's.
create or replace function sync.settle_push(
  p_shop_id bigint, p_job_id bigint, p_keys text[], p_generation bigint default null
)
returns integer
language plpgsql
set search_path = ''
as $$
declare
  v_settled integer;
begin
  if p_generation is not null then
    perform from sync.lanes as l
    where l.shop_id = p_shop_id and l.job_id = p_job_id and l.generation = p_generation
    for share;
    if not found then
      raise exception sqlstate 'SW001' using
        message = format('the lane of job %s of shop %s was taken over', p_job_id, p_shop_id);
    end if;
  end if;
  -- What is locked is about to be pending again: it is not settled, and not waited for, which could deadlock.
  delete from sync.pending as p
  where p.ctid = any (array(
    select q.ctid from sync.pending as q
    where q.shop_id = p_shop_id and q.kind = 'inventory' and q.key = any (p_keys) and q.job_id = p_job_id
    for update skip locked
  ));
  get diagnostics v_settled = row_count;
  delete from sync.refusals as f
  where f.shop_id = p_shop_id and f.kind = 'inventory' and f.key = any (p_keys) and f.job_id <> p_job_id;
  -- A probe that had nothing to send says nothing of the shop: another may look at once.
  update sync.circuits as c set next_probe_at = clock_timestamp()
  where c.shop_id = p_shop_id and c.state = 'half-open' and c.probe_job_id = p_job_id;
  return v_settled;
end $$;
comment on function sync.settle_push(bigint, bigint, text[], bigint) is
'A job is done; returns how many keys it settled.';
--! end

--! include functions/continue_push.sql
-- A job has pushed its keys: their last request was applied, they are settled, and the job goes on with what has become
-- pending in its lane meanwhile, falling stock first, as it would otherwise take a job, and its way through the queue,
-- for every 250 keys: their push is planned, one row for each row of plan_push(), and p_cost points are taken for the
-- first request. wait_seconds says when they are there, null that they are still to be asked for. When nothing is
-- pending and p_linger says so it keeps the lane, next_keys is null: its runner looks again soon. The job ends, by
-- getting no keys, when nothing is pending, when another job of the lane waits its turn, when the shop is not to be
-- called, when a key was refused, for a job does not send again what it was refused, or when p_go_on forbids.
create or replace function sync.continue_push(
  p_shop_id bigint, p_lane integer, p_job_id bigint, p_generation bigint, p_keys text[], p_go_on boolean,
  p_linger boolean default false, p_applied_id bigint default null, p_answer json default null,
  p_call json default null, p_size integer default 250, p_cost integer default null
)
returns table (
  settled integer, next_keys text[],
  request_id bigint, variables json, entries integer, keys text[], read_items bigint[], wait_seconds double precision
)
language plpgsql
set search_path = ''
as $$
#variable_conflict use_column
declare
  v_goes_on boolean;
begin
  settled := sync.settle_push(p_shop_id, p_job_id, p_keys, p_generation);
  if p_applied_id is not null then
    perform sync.record_answer(p_applied_id, 'applied', p_answer);
  end if;
  v_goes_on := p_go_on and not exists (
    select from sync.refusals as f
    where f.shop_id = p_shop_id and f.kind = 'inventory' and f.key = any (p_keys) and f.job_id = p_job_id
  ) and not exists (
    select from pgqueuer.pgqueuer as j
    join sync.lanes as l on l.entrypoint = j.entrypoint
    where l.shop_id = p_shop_id and l.kind = 'inventory' and l.lane = p_lane
      and j.status = 'queued' and j.execute_after <= now()
  ) and sync.enter_circuit(p_shop_id, p_job_id) <> 'held';
  if v_goes_on then
    with free as (
      select q.ctid from sync.pending as q
      where q.shop_id = p_shop_id and q.kind = 'inventory' and q.lane = p_lane
        and (q.job_id is null or q.job_id = p_job_id)  -- of its own: what was locked when it was to be settled
      order by q.urgency, q.since
      limit 250
      for update skip locked  -- waiting here could deadlock with mark_pending()
    ),

    taken as (
      update sync.pending as p
      set job_id = p_job_id
      from free
      where p.ctid = free.ctid
      returning p.key
    )

    select array_agg(t.key order by t.key) into next_keys from taken as t;
  end if;
  if next_keys is null and not (v_goes_on and p_linger) then
    next_keys := '{}';
    update sync.circuits as c set next_probe_at = clock_timestamp()
    where c.shop_id = p_shop_id and c.state = 'half-open' and c.probe_job_id = p_job_id;
  end if;
  -- Without a job, pack_jobs() may pack the lane's next one though PgQueuer has yet to note the end of this.
  update sync.lanes as l
  set claimed_at = clock_timestamp(), job_id = case when next_keys = '{}' then null else p_job_id end
  where l.shop_id = p_shop_id and l.kind = 'inventory' and l.lane = p_lane;
  for request_id, variables, entries, keys, read_items in
    select p.request_id, p.variables, p.entries, p.keys, p.read_items
    from sync.plan_push(p_shop_id, p_lane, p_generation, p_job_id, next_keys, p_size) as p
  loop
    if p_call is not null then
      -- Last of all: every lane of the shop needs its budget.
      perform sync.record_call(p_shop_id, p_call);
      p_call := null;
    end if;
    wait_seconds := null;
    if p_cost is not null and request_id is not null then
      wait_seconds := (
        select b.wait_seconds from sync.reserve_budget(p_shop_id, p_cost, 0, true) as b where b.granted
      );
      p_cost := null;
    end if;
    return next;
  end loop;
  if not found then
    return next;
  end if;
  if p_call is not null then
    perform sync.record_call(p_shop_id, p_call);
  end if;
end $$;
comment on function sync.continue_push(
  bigint, integer, bigint, bigint, text[], boolean, boolean, bigint, json, json, integer, integer
) is
'A job is done with its keys; returns how many are settled, and those it goes on with, none at its end.';
--! end

--! include views/inventory_levels.sql
-- What every shop should hold beside what it was last seen to hold: compute_levels() for everything at once.
create or replace view sync.inventory_levels as
with stock as (
  select m.shop_id, a.product_key, m.location_id, sync.whole_units(sum(a.available)) as available
  from sync.available_inventory as a
  inner join sync.shop_locations as m on a.location_key = m.location_key
  group by m.shop_id, a.product_key, m.location_id
)

select
  h.domain as shop,
  k.product_key,
  k.sku,
  v.title,
  o.name as location,
  coalesce(s.available, 0) as counted,
  greatest(e.committed - e.committed_counted, 0) as uncounted,
  coalesce(s.available, 0) - greatest(e.committed - e.committed_counted, 0) as desired,
  e.available as seen,
  e.seen_at,
  e.acknowledged,
  e.acknowledged_at,
  p.since as pending_since,
  v.tracked,
  k.shop_id,
  k.inventory_item_id,
  m.location_id
from sync.links as k
inner join sync.shops as h on k.shop_id = h.id
inner join sync.variants as v on k.shop_id = v.shop_id and k.variant_id = v.variant_id
inner join sync.managed_locations as m on k.shop_id = m.shop_id
inner join sync.locations as o on m.shop_id = o.shop_id and m.location_id = o.location_id
left join stock as s on m.shop_id = s.shop_id and k.product_key = s.product_key and m.location_id = s.location_id
left join sync.levels as e
  on k.shop_id = e.shop_id and k.inventory_item_id = e.inventory_item_id and m.location_id = e.location_id
left join sync.pending as p on k.shop_id = p.shop_id and p.kind = 'inventory' and k.product_key = p.key
where k.state = 'ok' and exists (select from sync.source_products);
comment on view sync.inventory_levels is
'Every linked level: counted in the warehouse, less uncounted (orders not imported yet), is desired; seen is what '
'Shopify was last seen to hold.';
--! end

--! include views/inventory_discrepancies.sql
-- Levels that Shopify was last seen to hold otherwise than it should, with what is being done about it.
create or replace view sync.inventory_discrepancies as
select
  l.shop,
  l.product_key,
  l.sku,
  l.title,
  l.location,
  l.desired,
  l.seen,
  l.desired - l.seen as difference,
  case
    when f.id is not null then 'refused: ' || f.class
    when l.pending_since is not null then 'pending'
    else 'unexplained'
  end as explanation,
  l.pending_since,
  l.seen_at
from sync.inventory_levels as l
left join lateral (
  select r.id, r.class from sync.refusals as r
  where
    r.shop_id = l.shop_id and r.kind = 'inventory' and r.key = l.product_key
    and coalesce(r.location_id, l.location_id) = l.location_id
  order by r.last_at desc
  limit 1
) as f on true
where l.desired is distinct from l.seen;
comment on view sync.inventory_discrepancies is
'Levels that Shopify was last seen to hold otherwise than it should, and why: pending, refused or unexplained.';
--! end

--! include views/pending_changes.sql
-- Everything that has been committed in the warehouse and that Shopify has not acknowledged yet.
create or replace view sync.pending_changes as
select
  h.domain as shop,
  p.kind,
  p.key,
  k.sku,
  p.lane,
  case when p.job_id is null then 'waits for its lane' else 'in job ' || p.job_id end as stage,
  p.changes,
  p.since,
  p.urgency < 1000000 as is_falling,
  p.job_id,
  j.status::text as job_status,
  j.attempts as job_attempts,
  case when j.status = 'queued' then j.execute_after end as next_try_at
from sync.pending as p
inner join sync.shops as h on p.shop_id = h.id
left join sync.links as k on p.shop_id = k.shop_id and p.key = k.product_key
left join pgqueuer.pgqueuer as j on p.job_id = j.id
union all
select
  null,
  q.entity,
  case when q.op in ('attach', 'bulk', 'truncate') then '(all)' else coalesce(q.key, q.old_key, '(none)') end,
  null, null, 'in the change queue', 1, q.changed_at, null, null, null, null, null
from (
  select entity, op, key, old_key, changed_at from sync.change_queue_0
  union all
  select entity, op, key, old_key, changed_at from sync.change_queue_1
) as q;
comment on view sync.pending_changes is 'What has been committed in the warehouse and not yet acknowledged by Shopify.';
--! end

--! include views/open_refusals.sql
-- What needs a person: pushes refused for good, and stock that cannot be pushed because no variant is the product's,
-- Shopify does not track it, or its location is mapped nowhere; and stock left behind by products that are gone.
create or replace view sync.open_refusals as
select
  h.domain as shop,
  f.key,
  coalesce(k.sku, p.sku) as sku,
  o.name as location,
  f.class,
  f.message,
  f.remedy,
  f.refusals,
  f.first_at,
  f.last_at
from sync.refusals as f
inner join sync.shops as h on f.shop_id = h.id
left join sync.links as k on f.shop_id = k.shop_id and f.key = k.product_key
left join sync.source_products as p on f.key = p.product_key
left join sync.locations as o on f.shop_id = o.shop_id and f.location_id = o.location_id
union all
select
  h.domain,
  k.product_key,
  k.sku,
  null,
  case k.state when 'broken' then 'LINK_BROKEN' else 'LINK_AMBIGUOUS' end,
  k.reason,
  'Give the product and its Shopify variant one SKU that nothing else has, then run: shelfwire link',
  1,
  k.changed_at,
  k.changed_at
from sync.links as k
inner join sync.shops as h on k.shop_id = h.id
where k.state <> 'ok'
union all
select
  h.domain,
  p.product_key,
  p.sku,
  null,
  'NOT_LINKED',
  'The product is newer than the last look at the shop''s variants.',
  'Run: shelfwire link',
  1,
  h.linked_at,
  h.linked_at
from sync.source_products as p
inner join sync.shops as h on h.linked_at is not null
where not exists (select from sync.links as k where k.shop_id = h.id and k.product_key = p.product_key)
union all
select
  h.domain,
  k.product_key,
  k.sku,
  null,
  'UNTRACKED',
  format('Shopify does not track the quantity of %s and sells it whatever its stock.', v.title),
  'In the Shopify admin open the variant, switch on "Track quantity", then run: shelfwire link',
  1,
  k.changed_at,
  v.read_at
from sync.links as k
inner join sync.shops as h on k.shop_id = h.id
inner join sync.variants as v on k.shop_id = v.shop_id and k.variant_id = v.variant_id
where k.state = 'ok' and not v.tracked
union all
select
  h.domain,
  v.variant_id::text,
  v.sku,
  o.name,
  'UNLINKED_STOCK',
  format('Shopify still offers %s units of %s from us, but no product is linked to it any more.', e.available, v.title),
  'Set its quantity in the Shopify admin, or give a product its SKU and run: shelfwire link',
  1,
  e.acknowledged_at,
  e.seen_at
from sync.levels as e
inner join sync.shops as h on e.shop_id = h.id
inner join sync.variants as v on e.shop_id = v.shop_id and e.inventory_item_id = v.inventory_item_id
inner join sync.locations as o on e.shop_id = o.shop_id and e.location_id = o.location_id
where e.acknowledged is not null and e.available > 0 and not exists (
  select from sync.links as k where k.shop_id = e.shop_id and k.inventory_item_id = e.inventory_item_id
)
union all
select
  u.shop,
  u.location_key,
  null,
  u.location,
  'UNMAPPED_LOCATION',
  format(
    '%s units lie at the warehouse location %s, which is mapped to no location of the shop.', u.available, u.location
  ),
  format(
    'Run: shelfwire shop map %s %s=LOCATION (or =none to keep this stock out of the shop)', u.shop, u.location_key
  ),
  1,
  u.linked_at,
  u.linked_at
from (
  select h.domain as shop, h.linked_at, a.location_key, a.location, sum(a.available) as available
  from sync.shops as h
  cross join sync.available_inventory as a
  where h.linked_at is not null and a.available > 0 and not exists (
    select from sync.shop_locations as m where m.shop_id = h.id and m.location_key = a.location_key
  )
  group by h.domain, h.linked_at, a.location_key, a.location
) as u;
comment on view sync.open_refusals is
'What needs a person: refused pushes, unlinked or untracked products, unmapped locations; each with its class, its '
'reason and the remedy.';
--! end

--! include views/open_conflicts.sql
-- What Shopify was found to hold otherwise than we had last seen, and what has not come right since: an
-- un-imported order until it is counted here, a foreign edit until Shopify has acknowledged our number again.
create or replace view sync.open_conflicts as
select
  h.domain as shop,
  k.product_key,
  k.sku,
  o.name as location,
  c.expected,
  c.found,
  c.committed_found - c.committed_expected as newly_committed,
  c.cause,
  c.found_at,
  c.request_id
from sync.conflicts as c
inner join sync.shops as h on c.shop_id = h.id
left join sync.links as k on c.shop_id = k.shop_id and c.inventory_item_id = k.inventory_item_id
left join sync.locations as o on c.shop_id = o.shop_id and c.location_id = o.location_id
left join sync.levels as e
  on c.shop_id = e.shop_id and c.inventory_item_id = e.inventory_item_id and c.location_id = e.location_id
where
  case c.cause
    when 'un-imported order' then e.committed > e.committed_counted
    else coalesce(e.acknowledged_at <= c.found_at, true)
  end;
comment on view sync.open_conflicts is
'Levels that Shopify holds otherwise than last seen, with the cause: an order not imported yet, or a foreign edit '
'that no push of ours has answered yet.';
--! end

--! include views/sync_health.sql
-- One row per shop: is it in step, and if not, since when and why.
create or replace view sync.sync_health as
select
  h.domain as shop,
  h.mode,
  (select g.held_reason from sync.guards as g where g.shop_id = h.id) as held_reason,
  count(k.*) filter (where k.state = 'ok') as linked,
  count(k.*) filter (where k.state <> 'ok') as unlinked,
  (select count(*) from sync.pending as p where p.shop_id = h.id) as pending,
  (select min(p.since) from sync.pending as p where p.shop_id = h.id) as oldest_pending_at,
  (select count(*) from sync.refusals as f where f.shop_id = h.id) as refused,
  (
    select count(*) from sync.links as u
    inner join sync.variants as v on u.shop_id = v.shop_id and u.variant_id = v.variant_id
    where u.shop_id = h.id and u.state = 'ok' and not v.tracked
  ) as untracked,
  (select count(*) from sync.requests as r where r.shop_id = h.id and r.state = 'open') as open_requests,
  (select max(e.acknowledged_at) from sync.levels as e where e.shop_id = h.id) as last_acknowledged_at,
  (
    select least(
      b.capacity,
      b.level + b.restore_rate * extract(epoch from greatest(clock_timestamp() - b.updated_at, '0'))
    )::integer
    from sync.budgets as b where b.shop_id = h.id
  ) as budget_points,
  (
    -- The last call, if it failed: what an operator looks at first.
    select c.error_class || ': ' || c.message
    from (select l.error_class, l.message from sync.calls as l where l.shop_id = h.id order by l.id desc limit 1) as c
  ) as last_call_error,
  coalesce((select c.state from sync.circuits as c where c.shop_id = h.id), 'closed') as circuit,
  (
    select c.class || ': ' || c.message from sync.circuits as c where c.shop_id = h.id and c.state <> 'closed'
  ) as circuit_reason,
  (select c.next_probe_at from sync.circuits as c where c.shop_id = h.id) as next_probe_at,
  h.linked_at,
  h.verified_at
from sync.shops as h
left join sync.links as k on h.id = k.shop_id
group by h.id;
comment on view sync.sync_health is 'One row per shop: what is linked, pending and refused, the budget left, and whether calls are held back.';
--! end

--! include views/sync_statistics.sql
-- Calls of the last day, hour by hour and document by document.
create or replace view sync.sync_statistics as
select
  h.domain as shop,
  date_trunc('hour', c.at) as hour,
  c.document,
  count(*) as calls,
  count(*) filter (where c.error_class is not null) as failed,
  count(*) filter (where c.error_class = 'THROTTLED') as throttled,
  sum(c.actual_cost) as points,
  percentile_cont(0.5) within group (order by c.milliseconds) as milliseconds_p50,
  percentile_cont(0.99) within group (order by c.milliseconds) as milliseconds_p99
from sync.calls as c
inner join sync.shops as h on c.shop_id = h.id
where c.at > now() - interval '1 day'
group by h.domain, date_trunc('hour', c.at), c.document;
comment on view sync.sync_statistics is 'Calls of the last day, by hour and document, with points and milliseconds.';
--! end

--! include functions/add_shop.sql
-- Add a shop with its lanes, its budget and its guard; p_secret is encrypted already. It begins in mode monitor.
create or replace function sync.add_shop(
  p_domain text, p_url text, p_grant_type text, p_client_id text, p_secret bytea
)
returns bigint
language sql
set search_path = ''
begin atomic
with shop as (
  insert into sync.shops (domain, url, grant_type, client_id, secret)
  values (p_domain, p_url, p_grant_type, p_client_id, p_secret)
  returning id
),

laned as (
  insert into sync.lanes (shop_id, kind, lane)
  select shop.id, 'inventory', n.lane from shop cross join generate_series(0, 3) as n (lane)
),

budgeted as (
  -- Until the first answer tells: the smallest bucket Shopify is known to give.
  insert into sync.budgets (shop_id, capacity, restore_rate, level)
  select shop.id, 1000, 50, 1000 from shop
),

guarded as (
  insert into sync.guards (shop_id) select shop.id from shop
)

select id from shop;
end;
comment on function sync.add_shop(text, text, text, text, bytea) is 'Add a shop with its lanes and its budget; returns its id.';
--! end

--! include functions/remove_shop.sql
-- Forget a shop, everything known of it, and its jobs. In Shopify nothing changes.
create or replace function sync.remove_shop(p_shop_id bigint) returns void
language plpgsql
set search_path = ''
as $$
begin
  delete from pgqueuer.pgqueuer as j
  where j.entrypoint in (select l.entrypoint from sync.lanes as l where l.shop_id = p_shop_id);
  delete from sync.shops as h where h.id = p_shop_id;
end $$;
comment on function sync.remove_shop(bigint) is 'Forget a shop, everything known of it, and its jobs.';
--! end

--! include functions/record_locations.sql
-- Note a shop's locations as Shopify showed them ([{location_id, name, is_active}]). One that is gone stays as
-- inactive: levels and requests still name it.
create or replace function sync.record_locations(p_shop_id bigint, p_locations json) returns void
language sql
set search_path = ''
begin atomic
with shown as (
  insert into sync.locations as o (shop_id, location_id, name, is_active, read_at)
  select p_shop_id, n.location_id, n.name, n.is_active, now()
  from json_to_recordset(p_locations) as n (location_id bigint, name text, is_active boolean)
  on conflict (shop_id, location_id) do update
  set name = excluded.name, is_active = excluded.is_active, read_at = excluded.read_at
  returning o.location_id
)

update sync.locations as o
set is_active = false
where o.shop_id = p_shop_id and o.location_id not in (select s.location_id from shown as s);
end;
comment on function sync.record_locations(bigint, json) is 'Note a shop''s locations as Shopify showed them.';
--! end

--! include functions/map_location.sql
-- Show the stock of a warehouse location at a Shopify location; null keeps it out of the shop. Where it was shown
-- before, its units are taken away.
create or replace function sync.map_location(p_shop_id bigint, p_location_key text, p_location_id bigint)
returns void
language plpgsql
set search_path = ''
as $$
begin
  insert into sync.shop_locations as m (shop_id, location_key, location_id)
  values (p_shop_id, p_location_key, p_location_id)
  on conflict (shop_id, location_key) do update set location_id = excluded.location_id;
  if exists (select from sync.shops as h where h.id = p_shop_id and h.linked_at is not null) then
    perform sync.mark_all_pending(p_shop_id);
  end if;
end $$;
comment on function sync.map_location(bigint, text, bigint) is
'Show the stock of a warehouse location at a Shopify location; null keeps it out of the shop.';
--! end

--! include functions/record_variants.sql
-- Note a page of variants as Shopify showed them
-- ([{variant_id, product_id, inventory_item_id, sku, title, tracked}]).
create or replace function sync.record_variants(p_shop_id bigint, p_started_at timestamptz, p_variants json)
returns void
language sql
set search_path = ''
begin atomic
insert into sync.variants as v (
  shop_id, variant_id, product_id, inventory_item_id, sku, title, tracked, read_at
)
select
  p_shop_id, n.variant_id, n.product_id, n.inventory_item_id, nullif(btrim(n.sku), ''), n.title, n.tracked, p_started_at
from json_to_recordset(p_variants) as n (
  variant_id bigint, product_id bigint, inventory_item_id bigint, sku text, title text, tracked boolean
)
on conflict (shop_id, variant_id) do update
set
  product_id = excluded.product_id,
  inventory_item_id = excluded.inventory_item_id,
  sku = excluded.sku,
  title = excluded.title,
  tracked = excluded.tracked,
  read_at = excluded.read_at;
end;
comment on function sync.record_variants(bigint, timestamptz, json) is 'Note a page of variants as Shopify showed them.';
--! end

--! include functions/link_products.sql
-- Link the warehouse's products to a shop's variants by SKU, after all variants were read at p_started_at.
-- A blank, doubled or vanished SKU is never guessed. Then everything that differs becomes pending.
create or replace function sync.link_products(p_shop_id bigint, p_started_at timestamptz)
returns table (linked integer, broken integer, ambiguous integer, without_sku integer, marked integer)
language plpgsql
set search_path = ''
set plan_cache_mode = force_custom_plan
set enable_seqscan = on
as $$
begin
  delete from sync.variants as v where v.shop_id = p_shop_id and v.read_at < p_started_at;
  delete from sync.links as k
  where k.shop_id = p_shop_id
    and not exists (select from sync.source_products as p where p.product_key = k.product_key);

  insert into sync.links as k (shop_id, product_key, sku, state, reason, variant_id, inventory_item_id)
  select
    p_shop_id, f.product_key, f.sku, f.state, f.reason,
    case when f.state = 'ok' then f.variant_id end,
    case when f.state = 'ok' then f.inventory_item_id end
  from (
    select
      p.product_key,
      p.sku,
      v.variant_id,
      v.inventory_item_id,
      case
        when p.sku is null or v.variants is null then 'broken'
        when p.products > 1 or v.variants > 1 then 'ambiguous'
        else 'ok'
      end as state,
      case
        when p.sku is null then 'The product has no SKU in the warehouse.'
        when v.variants is null then format('No variant of the shop has the SKU %s.', p.sku)
        when p.products > 1 then format('%s products of the warehouse have the SKU %s.', p.products, p.sku)
        when v.variants > 1 then format('%s variants of the shop have the SKU %s: %s.', v.variants, p.sku, v.titles)
      end as reason
    from (
      select s.product_key, s.sku, count(*) over (partition by s.sku) as products
      from (select w.product_key, nullif(btrim(w.sku), '') as sku from sync.source_products as w) as s
    ) as p
    left join (
      select
        n.sku,
        count(*) as variants,
        min(n.variant_id) as variant_id,
        min(n.inventory_item_id) as inventory_item_id,
        string_agg(n.title, '; ' order by n.variant_id) as titles
      from sync.variants as n
      where n.shop_id = p_shop_id and n.sku is not null
      group by n.sku
    ) as v on v.sku = p.sku
  ) as f
  order by f.product_key
  on conflict (shop_id, product_key) do update
  set
    sku = excluded.sku,
    state = excluded.state,
    reason = excluded.reason,
    variant_id = excluded.variant_id,
    inventory_item_id = excluded.inventory_item_id,
    changed_at = now()
  where row(k.sku, k.state, k.reason, k.variant_id, k.inventory_item_id)
    is distinct from row(excluded.sku, excluded.state, excluded.reason, excluded.variant_id, excluded.inventory_item_id);

  update sync.shops set linked_at = now() where id = p_shop_id;
  return query
  select
    count(*) filter (where k.state = 'ok')::integer,
    count(*) filter (where k.state = 'broken')::integer,
    count(*) filter (where k.state = 'ambiguous')::integer,
    (select count(*)::integer from sync.variants as v where v.shop_id = p_shop_id and v.sku is null),
    sync.mark_all_pending(p_shop_id)
  from sync.links as k where k.shop_id = p_shop_id;
end $$;
comment on function sync.link_products(bigint, timestamptz) is
'Link products to variants by SKU and note what must be pushed; returns how many of each.';
--! end

--! include functions/retry_refusals.sql
-- Try refused pushes again: all, or those of some classes or keys (a key or a SKU), in one shop or in every one.
create or replace function sync.retry_refusals(p_shop_id bigint, p_class text, p_keys text[])
returns integer
language plpgsql
set search_path = ''
as $$
declare
  v_shop record;
  v_retried integer := 0;
begin
  for v_shop in
    select f.shop_id, array_agg(distinct f.key order by f.key) as keys
    from sync.refusals as f
    left join sync.links as k on k.shop_id = f.shop_id and k.product_key = f.key
    where (p_shop_id is null or f.shop_id = p_shop_id)
      and (p_class is null or f.class = p_class)
      and (p_keys is null or f.key = any (p_keys) or k.sku = any (p_keys))
    group by f.shop_id
  loop
    perform sync.mark_pending(
      v_shop.shop_id, v_shop.keys, array_fill(now(), array[cardinality(v_shop.keys)])
    );
    -- What has come right by itself has nothing left to push.
    delete from sync.refusals as f
    where f.shop_id = v_shop.shop_id and f.key = any (v_shop.keys)
      and not exists (select from sync.pending as p where p.shop_id = f.shop_id and p.kind = f.kind and p.key = f.key);
    perform sync.note_event(
      v_shop.shop_id, 'refusals_retried', coalesce(p_class, ''),
      format('%s refused products are tried again.', cardinality(v_shop.keys))
    );
    v_retried := v_retried + cardinality(v_shop.keys);
  end loop;
  return v_retried;
end $$;
comment on function sync.retry_refusals(bigint, text, text[]) is
'Try refused pushes again; returns how many products.';
--! end

--! include views/open_discrepancies.sql
-- What reconciling found wrong at Shopify and what is neither corrected nor come right since.
create or replace view sync.open_discrepancies as
select
  h.domain as shop,
  d.product_key,
  k.sku,
  o.name as location,
  d.expected,
  d.found,
  d.size,
  d.cause,
  p.since as pending_since,
  d.first_seen_at,
  d.last_seen_at,
  d.run_id,
  d.inventory_item_id,
  d.location_id
from sync.discrepancies as d
inner join sync.shops as h on d.shop_id = h.id
left join sync.links as k on d.shop_id = k.shop_id and d.product_key = k.product_key
left join sync.locations as o on d.shop_id = o.shop_id and d.location_id = o.location_id
left join sync.pending as p on d.shop_id = p.shop_id and p.kind = 'inventory' and d.product_key = p.key
where d.corrected_at is null and d.vanished_at is null;
comment on view sync.open_discrepancies is
'Levels that reconciling found wrong and that are neither corrected nor come right since; pending_since tells '
'whether the correction is on its way.';
--! end

--! include functions/explain_stock.sql
-- Everything that explains the numbers of one product: rows counted, link, levels, pending, requests, calls.
-- p_name is a SKU or a product key of the warehouse; one element per shop and product that has it.
create or replace function sync.explain_stock(p_name text) returns jsonb
language sql stable
set search_path = ''
begin atomic
select coalesce(jsonb_agg(jsonb_build_object(
  'product_key', p.product_key,
  'sku', p.sku,
  'title', p.title,
  'units', (
    select coalesce(jsonb_agg(jsonb_build_object(
      'location', coalesce(l.name, s.location_key), 'available', s.available, 'reserved', s.reserved,
      'committed', s.committed
    ) order by s.location_key), '[]')
    from sync.read_stock(array[p.product_key]) as s
    left join sync.source_locations as l on s.location_key = l.location_key
  ),
  'changes', (
    select coalesce(jsonb_agg(to_jsonb(c) order by c.id desc), '[]')
    from (
      select
        max(g.id) as id, string_agg(distinct g.op, ', ') as op, count(*) as rows, max(g.changed_at) as changed_at,
        max(g.relayed_at) as relayed_at, g.xid::text as transaction
      from (
        select l.* from sync.change_log as l
        where l.entity = 'item' and (l.key = p.product_key or l.old_key = p.product_key or l.key is null)
        order by l.id desc
        limit 200
      ) as g
      group by g.xid
      order by 1 desc
      limit 5
    ) as c
  ),
  'queued', (
    select count(*) from (
      select q.key, q.old_key from sync.change_queue_0 as q
      union all
      select q.key, q.old_key from sync.change_queue_1 as q
    ) as w
    where w.key = p.product_key or w.old_key = p.product_key or w.key is null
  ),
  'shops', (
    select coalesce(jsonb_agg(jsonb_build_object(
      'shop', h.domain,
      'mode', h.mode,
      'held', (select g.held_reason from sync.guards as g where g.shop_id = h.id),
      'circuit', (
        select to_jsonb(c) - 'shop_id' from sync.circuits as c where c.shop_id = h.id and c.state <> 'closed'
      ),
      'link', case when k.product_key is null then null else jsonb_build_object(
        'state', k.state, 'reason', k.reason, 'variant_id', k.variant_id, 'inventory_item_id', k.inventory_item_id,
        'variant', v.title, 'tracked', v.tracked, 'changed_at', k.changed_at
      ) end,
      'levels', (
        select coalesce(jsonb_agg(jsonb_build_object(
          'location', o.location, 'counted', o.counted, 'uncounted', o.uncounted, 'desired', o.desired, 'seen', o.seen,
          'seen_at', o.seen_at, 'acknowledged', o.acknowledged, 'acknowledged_at', o.acknowledged_at,
          'request', (
            select jsonb_build_object(
              'id', r.id, 'state', r.state, 'sends', r.sends, 'created_at', r.created_at, 'answered_at', r.answered_at,
              'idempotency_key', r.idempotency_key, 'quantity', q.quantity, 'change_from', q.change_from_quantity,
              'answer', r.answer
            )
            from (
              -- The last one that was applied, or a later one of the lane that was not.
              select l.* from sync.requests as l where l.id = e.request_id
              union all
              (
                select l.* from sync.requests as l
                where l.shop_id = h.id and l.kind = 'inventory' and l.lane = sync.lane_of(p.product_key)
                  and l.state <> 'applied' and l.id > coalesce(e.request_id, 0)
                order by l.id desc
                limit 50
              )
            ) as r
            cross join sync.request_entries(r.variables) as q
            where q.inventory_item_id = o.inventory_item_id and q.location_id = o.location_id
            order by r.id desc
            limit 1
          )
        ) order by o.location), '[]')
        from sync.inventory_levels as o
        left join sync.levels as e
          on o.shop_id = e.shop_id and o.inventory_item_id = e.inventory_item_id and o.location_id = e.location_id
        where o.shop_id = h.id and o.product_key = p.product_key
      ),
      'unmapped', (
        select coalesce(jsonb_agg(jsonb_build_object(
          'location', coalesce(l.name, s.location_key), 'available', s.available)
          order by s.location_key), '[]')
        from sync.read_stock(array[p.product_key]) as s
        left join sync.source_locations as l on s.location_key = l.location_key
        where s.available > 0 and h.linked_at is not null and not exists (
          select from sync.shop_locations as m where m.shop_id = h.id and m.location_key = s.location_key
        )
      ),
      'pending', (
        select to_jsonb(w) from sync.pending_changes as w where w.shop = h.domain and w.key = p.product_key
      ),
      'refusals', (
        select coalesce(jsonb_agg(to_jsonb(f)), '[]') from sync.open_refusals as f
        where f.shop = h.domain and f.key = p.product_key
      ),
      'discrepancies', (
        select coalesce(jsonb_agg(to_jsonb(d) order by d.location), '[]') from sync.open_discrepancies as d
        where d.shop = h.domain and d.product_key = p.product_key
      ),
      'conflicts', (
        select coalesce(jsonb_agg(to_jsonb(c) order by c.found_at desc), '[]') from sync.open_conflicts as c
        where c.shop = h.domain and c.product_key = p.product_key
      )
    ) order by h.domain), '[]')
    from sync.shops as h
    left join sync.links as k on h.id = k.shop_id and p.product_key = k.product_key
    left join sync.variants as v on h.id = v.shop_id and k.variant_id = v.variant_id
  )
) order by p.product_key), '[]')
from sync.source_products as p
where btrim(p.sku) = btrim(p_name) or p.product_key = p_name;
end;
comment on function sync.explain_stock(text) is
'Everything that explains the numbers of one product, by SKU or warehouse key, as JSON.';
--! end
