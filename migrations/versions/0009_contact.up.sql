create table sync.plans (
  id bigint generated always as identity primary key,
  shop_id bigint not null references sync.shops on delete cascade,
  fingerprint text not null,
  basis text not null,
  levels integer not null,
  moves integer not null,
  zeroes integer not null,
  units_up bigint not null,
  units_down bigint not null,
  created_at timestamptz not null default now()
);
create index plans_shop_id_idx on sync.plans (shop_id, id);
comment on table sync.plans is 'What would have moved at Shopify if a shop had gone live then: a shop goes live on its last plan.';
comment on column sync.plans.fingerprint is 'Stands for every number of the plan.';
comment on column sync.plans.basis is 'Stands for what the numbers are made by: the warehouse mapping and the mapped locations.';

--! include functions/draft_plan.sql
-- What would move at Shopify if a shop went live now. The fingerprint stands for every number of it; the basis for
-- what the numbers are made by: the warehouse mapping and the mapped locations.
create or replace function sync.draft_plan(p_shop_id bigint)
returns table (
  fingerprint text, basis text, levels integer, moves integer, zeroes integer, units_up bigint, units_down bigint
)
language plpgsql stable
set search_path = ''
as $$
declare
  v_basis text;
begin
  select md5(
    (select string_agg(p.prosrc, '' order by p.oid) from pg_catalog.pg_proc as p
      where p.pronamespace = 'sync'::regnamespace and p.proname = 'read_stock')
    || pg_catalog.pg_get_viewdef('sync.source_products'::regclass)
    || coalesce((
      select string_agg(format('%s=%s', m.location_key, m.location_id), ',' order by m.location_key)
      from sync.shop_locations as m where m.shop_id = p_shop_id
    ), '')
  ) into v_basis;
  return query
  with compared as (
    select c.inventory_item_id as item, c.location_id as place, c.desired, coalesce(c.seen, 0) as seen
    from sync.compute_levels(p_shop_id, array(
      select k.product_key from sync.links as k where k.shop_id = p_shop_id and k.state = 'ok'
    )) as c
    where c.tracked
  )

  select
    left(md5(v_basis || coalesce(
      string_agg(format('%s,%s,%s,%s', c.item, c.place, c.seen, c.desired), ';' order by c.item, c.place)
      filter (where c.desired <> c.seen), ''
    )), 12),
    v_basis,
    count(*)::integer,
    (count(*) filter (where c.desired <> c.seen))::integer,
    (count(*) filter (where c.desired <= 0 and c.seen > 0))::integer,
    coalesce(sum(c.desired - c.seen) filter (where c.desired > c.seen), 0),
    coalesce(sum(c.seen - c.desired) filter (where c.desired < c.seen), 0)
  from compared as c;
end $$;
comment on function sync.draft_plan(bigint) is 'What would move at Shopify if a shop went live now, with its fingerprint.';
--! end

--! include functions/make_plan.sql
-- Store what would move at Shopify if a shop went live now: set_mode() wants its fingerprint.
create or replace function sync.make_plan(p_shop_id bigint) returns sync.plans
language sql
set search_path = ''
begin atomic
insert into sync.plans (shop_id, fingerprint, basis, levels, moves, zeroes, units_up, units_down)
select p_shop_id, d.fingerprint, d.basis, d.levels, d.moves, d.zeroes, d.units_up, d.units_down
from sync.draft_plan(p_shop_id) as d
returning plans.*;
end;
comment on function sync.make_plan(bigint) is 'Store what would move at Shopify if a shop went live now.';
--! end

--! include functions/set_mode.sql
-- Switch a shop off, to monitor, or live. Going live needs the fingerprint of the shop's last plan, at most an hour
-- old, and that no more would move than it said, give or take what a working warehouse changes meanwhile: a tenth
-- and the guard's allowance. Then everything is looked at once, and the guard lets pass what the plan has shown.
create or replace function sync.set_mode(p_shop_id bigint, p_mode text, p_fingerprint text default null)
returns integer
language plpgsql
set search_path = ''
as $$
declare
  v_shop sync.shops;
  v_guard sync.guards;
  v_plan sync.plans;
  v_now record;
  v_run_id bigint;
  v_marked integer := 0;
begin
  select h.* into strict v_shop from sync.shops as h where h.id = p_shop_id for no key update;
  if v_shop.mode = p_mode then
    return 0;
  end if;
  if p_mode = 'live' then
    select p.* into v_plan from sync.plans as p where p.shop_id = p_shop_id order by p.id desc limit 1;
    if v_shop.linked_at is null or v_plan.id is null then
      raise exception sqlstate 'SW006' using message = format('there is no plan of %s yet', v_shop.domain);
    elsif v_plan.fingerprint is distinct from p_fingerprint then
      raise exception sqlstate 'SW006' using message = format(
        '%s is not the fingerprint of the last plan of %s', coalesce(p_fingerprint, 'nothing'), v_shop.domain
      );
    elsif v_plan.created_at < now() - interval '1 hour' then
      raise exception sqlstate 'SW006' using message = format('the plan of %s is older than an hour', v_shop.domain);
    end if;
    select d.* into v_now from sync.draft_plan(p_shop_id) as d;
    select g.* into v_guard from sync.guards as g where g.shop_id = p_shop_id;
    if v_now.basis <> v_plan.basis then
      raise exception sqlstate 'SW006' using
        message = format('the mapping of %s has changed since the plan', v_shop.domain);
    elsif v_now.moves > v_plan.moves * 1.1 + v_guard.allowance
      or v_now.zeroes > v_plan.zeroes * 1.1 + v_guard.allowance
    then
      raise exception sqlstate 'SW006' using message = format(
        'the plan of %s has %s levels move and %s go to zero; now it would be %s and %s',
        v_shop.domain, v_plan.moves, v_plan.zeroes, v_now.moves, v_now.zeroes
      );
    end if;
  end if;

  update sync.shops as h set mode = p_mode where h.id = p_shop_id;
  if p_mode = 'live' then
    insert into sync.runs as r (kind, shop_id, state, finished_at, result)
    values ('go_live', p_shop_id, 'succeeded', now(), to_jsonb(v_plan)) returning r.id into v_run_id;
    perform from sync.lanes as l where l.shop_id = p_shop_id order by l.kind, l.lane for update;
    update sync.lanes as l set zeroed = 0 where l.shop_id = p_shop_id;
    update sync.guards as g
    set held_at = null, held_reason = null, counted_at = null where g.shop_id = p_shop_id;
    perform sync.clear_alert('guard_held', p_shop_id);
    v_marked := sync.mark_all_pending(p_shop_id, now(), v_run_id, true);
  end if;
  perform sync.note_event(
    p_shop_id, 'mode_changed', p_mode, format('%s was %s and is %s.', v_shop.domain, v_shop.mode, p_mode),
    jsonb_build_object('before', v_shop.mode, 'fingerprint', p_fingerprint, 'marked', v_marked, 'run', v_run_id)
  );
  perform pg_notify('sync_changes', '');
  return v_marked;
end $$;
comment on function sync.set_mode(bigint, text, text) is
'Switch a shop off, to monitor, or live (with the fingerprint of its plan); returns how many products will be pushed.';
--! end

--! include functions/release_guard.sql
-- Somebody has looked: what is pending for a shop goes out, and the guard counts anew.
create or replace function sync.release_guard(p_shop_id bigint) returns integer
language plpgsql
set search_path = ''
as $$
declare
  v_reason text;
  v_cleared integer;
begin
  perform from sync.lanes as l where l.shop_id = p_shop_id order by l.kind, l.lane for update;
  select g.held_reason into v_reason
  from sync.guards as g where g.shop_id = p_shop_id and g.held_at is not null for update;
  if not found then
    return null;
  end if;
  perform from sync.pending as p
  where p.shop_id = p_shop_id
  order by p.key  -- one order everywhere: no deadlock with mark_pending()
  for update;
  update sync.pending as p set cleared = true where p.shop_id = p_shop_id;
  get diagnostics v_cleared = row_count;
  update sync.lanes as l set zeroed = 0 where l.shop_id = p_shop_id;
  update sync.guards as g set held_at = null, held_reason = null where g.shop_id = p_shop_id;
  perform sync.clear_alert('guard_held', p_shop_id);
  perform sync.note_event(p_shop_id, 'guard_released', '', v_reason, jsonb_build_object('products', v_cleared));
  perform pg_notify('sync_changes', '');
  return v_cleared;
end $$;
comment on function sync.release_guard(bigint) is
'Let what is pending for a held shop go out; returns how many products, null if nothing was held.';
--! end

--! include functions/written_by.sql
-- The levels that a run has set, from what to what.
create or replace function sync.written_by(p_run_id bigint)
returns table (product_key text, inventory_item_id bigint, location_id bigint, before integer, after integer)
language sql stable
set search_path = ''
begin atomic
select
  (array_agg(w.product_key order by w.request_id desc))[1],
  w.inventory_item_id,
  w.location_id,
  (array_agg(w.change_from_quantity order by w.request_id))[1],
  (array_agg(w.quantity order by w.request_id desc))[1]
from sync.run_writes as w
inner join sync.requests as r on w.request_id = r.id
where w.run_id = p_run_id and r.state = 'applied'
group by w.inventory_item_id, w.location_id;
end;
comment on function sync.written_by(bigint) is 'The levels that a run has set at Shopify, from what to what.';
--! end

--! include functions/plan_undo.sql
-- Store the requests that restore what a run has set: for each level that still holds it, as just read, the number
-- before, by compare-and-set. The shop is held first, or the next push would undo the undoing. The lanes' next jobs
-- send the requests. May be repeated: what is restored already, or refused, is not stored again.
create or replace function sync.plan_undo(p_run_id bigint, p_undo_id bigint) returns integer
language plpgsql
set search_path = ''
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
--! end

--! include functions/finish_undo.sql
-- An undo has sent what it could: its products are pending again, visibly and held, for the warehouse still says
-- otherwise.
create or replace function sync.finish_undo(p_run_id bigint, p_undo_id bigint)
returns table (written integer, restored integer, refused integer, changed integer)
language plpgsql
set search_path = ''
as $$
#variable_conflict use_column
declare
  v_undo sync.runs;
  v_keys text[];
begin
  select u.* into strict v_undo from sync.runs as u where u.id = p_undo_id;
  with results as (
    select
      w.*,
      exists (
        select from sync.requests as r
        cross join sync.request_entries(r.variables) as q
        where r.run_id = p_undo_id and r.state = 'applied'
          and q.inventory_item_id = w.inventory_item_id and q.location_id = w.location_id
      ) as is_restored,
      exists (
        select from sync.refusals as f
        join sync.requests as r on r.id = f.request_id and r.run_id = p_undo_id
        where f.shop_id = v_undo.shop_id and f.key = w.product_key and f.location_id = w.location_id
      ) as is_refused
    from sync.written_by(p_run_id) as w
  )

  select
    count(*)::integer,
    (count(*) filter (where s.is_restored))::integer,
    (count(*) filter (where s.is_refused and not s.is_restored))::integer,
    (count(*) filter (where not s.is_refused and not s.is_restored))::integer,
    array_agg(distinct s.product_key)
  into written, restored, refused, changed, v_keys
  from results as s;
  perform sync.mark_pending(v_undo.shop_id, v_keys, array_fill(now(), array[cardinality(v_keys)]));
  update sync.runs as u
  set
    state = 'succeeded', finished_at = now(), done = restored, total = written,
    result = jsonb_build_object(
      'run', p_run_id, 'written', written, 'restored', restored, 'refused', refused, 'changed', changed
    )
  where u.id = p_undo_id;
  return next;
end $$;
comment on function sync.finish_undo(bigint, bigint) is
'What an undo has come to: levels the run had set, restored, refused, and left because they have changed since.';
--! end

--! include views/guard_status.sql
-- One row per shop: its mode, whether its guard holds it, and how near it is to that.
create or replace view sync.guard_status as
select
  h.domain as shop,
  h.mode,
  g.held_at,
  g.held_reason,
  g.zero_share,
  g.change_share,
  g.allowance,
  l.zeroed_lately,
  p.products as pending,
  p.moves as pending_moves,
  p.zeroes as pending_zeroes,
  g.levels,
  g.in_stock
from sync.shops as h
inner join sync.guards as g on h.id = g.shop_id
cross join lateral (
  select round(sum(sync.zeroed_lately(n))::numeric, 1) as zeroed_lately from sync.lanes as n where n.shop_id = h.id
) as l
cross join lateral (
  select
    count(*) as products,
    coalesce(sum(w.moves), 0) as moves,
    coalesce(sum(w.zeroes), 0) as zeroes
  from sync.pending as w
  where w.shop_id = h.id
) as p;
comment on view sync.guard_status is 'One row per shop: its mode, whether its guard holds it and why, and what would go out.';
--! end

--! include views/shadow_levels.sql
-- In mode monitor: the last number we would have sent for each level, beside what Shopify shows.
create or replace view sync.shadow_levels as
select
  h.domain as shop,
  s.product_key,
  k.sku,
  coalesce(l.name, s.location_id::text) as location,
  s.change_from_quantity,
  s.quantity,
  e.available as shown,
  e.available - s.quantity as difference,
  s.at as shadowed_at,
  e.seen_at as shown_at
from (
  select distinct on (w.shop_id, w.inventory_item_id, w.location_id) w.*
  from sync.shadow_writes as w
  order by w.shop_id asc, w.inventory_item_id asc, w.location_id asc, w.id desc
) as s
inner join sync.shops as h on s.shop_id = h.id
left join sync.links as k on s.shop_id = k.shop_id and s.product_key = k.product_key
left join sync.locations as l on s.shop_id = l.shop_id and s.location_id = l.location_id
left join sync.levels as e
  on s.shop_id = e.shop_id and s.inventory_item_id = e.inventory_item_id and s.location_id = e.location_id;
comment on view sync.shadow_levels is
'Per level the last number that mode monitor would have sent, beside what Shopify shows.';
--! end

grant insert, update, delete on sync.plans to sync_runner;
grant select on sync.plans, sync.guard_status, sync.shadow_levels to sync_runner;
grant usage, select, update on sequence sync.plans_id_seq to sync_runner;
revoke execute on function
sync.draft_plan(bigint),
sync.make_plan(bigint),
sync.set_mode(bigint, text, text),
sync.release_guard(bigint),
sync.written_by(bigint),
sync.plan_undo(bigint, bigint),
sync.finish_undo(bigint, bigint)
from public;
grant execute on function
sync.draft_plan(bigint),
sync.make_plan(bigint),
sync.set_mode(bigint, text, text),
sync.release_guard(bigint),
sync.written_by(bigint),
sync.plan_undo(bigint, bigint),
sync.finish_undo(bigint, bigint)
to sync_runner;
grant execute on function sync.zeroed_lately(sync.lanes) to sync_reporting;
grant select on sync.guard_status, sync.shadow_levels to sync_reporting;
