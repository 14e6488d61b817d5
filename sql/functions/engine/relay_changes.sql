-- Empty the change queues into the change log, note which keys must be pushed, pack jobs.
-- Any runner may call it at any time; one works, the others get no row and go on. A runner that means to sleep for
-- p_sleep seconds says so before this, its last look: what is committed later wakes it with NOTIFY sync_changes, if it
-- returns notified; otherwise the runner looks by itself (await_changes).
-- Of the queue that triggers append to it takes p_limit rows at most, one by one; what has grown beyond p_grown bytes
-- leaves as a whole, in a third of the time. It looks at p_keys keys of all shops together; what concerns more is left
-- to the next passes (sync.slices), between which everybody's changes go on.
create or replace function sync.relay_changes(
  p_sleep integer default 0, p_limit integer default 500000, p_grown bigint default 1048576,
  p_keys integer default 10000
)
returns table (relayed integer, packed integer, waiting text[], notified boolean, unfinished boolean)
language plpgsql
set search_path = pg_catalog, pg_temp
set work_mem = '128MB'
set synchronize_seqscans = off
as $$
#variable_conflict use_column
declare
  v_idle bigint;
  v_seen pg_snapshot;
  v_changed record;
  v_wholes jsonb := '{}';
  v_whole jsonb;
  v_feeds jsonb;
begin
  perform from sync.locks as l where l.name = 'relay' for update skip locked;
  if not found then
    return;
  end if;
  -- A transaction that has notified cannot be prepared, and fails where the notification queue is full.
  notified := p_sleep > 0 and current_setting('max_prepared_transactions') = '0' and sync.can_notify();
  if p_sleep > 0 then
    perform sync.note_sleep(
      (ceil(extract(epoch from clock_timestamp()))::bigint + p_sleep) * case when notified then 1 else -1 end
    );
  end if;

  perform sync.remind_relay();
  v_idle := sync.turn_queues(p_grown);
  relayed := 0;
  for v_changed in
    -- By range: linear even with a plan that was made when the queue was small, unlike a list of places.
    with taken as (
      delete from sync.change_queue_0
      where v_idle <> 0
        and ctid <= (select max(n.ctid) from (select q.ctid from sync.change_queue_0 as q limit p_limit) as n)
      returning *
    ),

    taken_1 as (
      delete from sync.change_queue_1
      where v_idle <> 1
        and ctid <= (select max(n.ctid) from (select q.ctid from sync.change_queue_1 as q limit p_limit) as n)
      returning *
    ),

    -- The idle queue is read where it lies, as often as need be: cheaper than a copy.
    changes as not materialized (
      select * from taken
      union all
      select * from taken_1
      union all
      select * from sync.change_queue_0 where v_idle = 0
      union all
      select * from sync.change_queue_1 where v_idle = 1
    ),

    logged as (
      insert into sync.change_log (watch, op, key, old_key, changed_at, xid)
      select watch, op, key, old_key, changed_at, xid from changes
    ),

    moved as (
      select watch, key, changed_at from changes where key is not null
      union all
      select watch, old_key, changed_at from changes where old_key is not null
    ),

    coalesced as (
      select watch, key, min(changed_at) as since from moved group by watch, key
    ),

    keyed as (
      select watch, array_agg(key) as keys, array_agg(since) as since from coalesced group by watch
    ),

    -- Entries that stand for all keys: as long as one is there, anything may have changed.
    whole as (
      select
        watch,
        count(*) as entries,
        min(changed_at) filter (where key is null and old_key is null) as since,
        bool_or(op = 'unread') as is_unread,
        -- Asked for (look_at_all): not only of the table whose number it bears.
        bool_or(op not in ('bulk', 'truncate', 'unread')) filter (where key is null and old_key is null) as is_asked_for
      from changes
      group by watch
    )

    select
      s.seen,
      w.entries,
      w.is_unread,
      w.is_asked_for,
      t.watch,
      t.entity,
      t.feeds,
      w.since as whole_since,
      coalesce(k.keys, '{}') as keys,
      k.since
    from (select pg_current_snapshot() as seen) as s
    left join whole as w on true
    left join keyed as k on k.watch = w.watch
    -- What was captured under an earlier mapping says nothing any more.
    left join sync.watches as t on t.watch = w.watch and t.is_watched
    order by w.since is null, 'products' = any (t.feeds) desc, t.watch
  loop
    v_seen := v_changed.seen;
    exit when v_changed.entries is null;
    relayed := relayed + v_changed.entries;
    continue when v_changed.watch is null;
    if v_changed.is_unread then
      perform sync.note_unread(v_changed.watch);
    end if;
    v_whole := coalesce(v_wholes -> v_changed.entity, '{"feeds": []}');
    v_feeds := case
      when not coalesce(v_changed.is_asked_for, false) then to_jsonb(v_changed.feeds) else '["any"]'
    end;
    if v_changed.whole_since is null then
      -- Or everything that they could concern is looked at anyway.
      continue when v_whole -> 'feeds' @> v_feeds or v_whole -> 'feeds' @> '["any"]'
        or sync.follow_keys(v_changed.watch, v_changed.keys, v_changed.since, p_keys);
    end if;
    v_wholes := v_wholes || jsonb_build_object(v_changed.entity, jsonb_build_object(
      'since', coalesce(v_whole -> 'since', to_jsonb(coalesce(v_changed.whole_since, v_changed.since[1]))),
      'feeds', v_whole -> 'feeds' || v_feeds
    ));
  end loop;
  perform sync.follow_entity(
    w.entity, null, array[(w.whole ->> 'since')::timestamptz],
    case
      when not w.whole -> 'feeds' @> '["any"]' then array(select jsonb_array_elements_text(w.whole -> 'feeds'))
    end,
    p_keys
  )
  from jsonb_each(v_wholes) as w (entity, whole);
  unfinished := sync.follow_slices(p_keys);
  packed := sync.pack_jobs();
  perform sync.empty_queue(v_idle, v_seen);
  -- Jobs that run take these along; those that linger are woken for them.
  waiting := array(
    select l.entrypoint from sync.lanes as l
    where exists (
      select from sync.pending as p
      where p.shop_id = l.shop_id and p.kind = l.kind and p.lane = l.lane and p.job_id is null
    )
  );
  if (relayed + packed > 0 or unfinished) and pg_sequence_last_value('sync.asleep_until') <> 0 then
    perform sync.note_sleep(0);
  end if;
  return next;
end $$;
comment on function sync.relay_changes(integer, integer, bigint, integer) is
'Empty the change queues into the change log and pack jobs; returns how many of each, the lanes in which something '
'waits for a job that runs, whether a NOTIFY ends the sleep, and whether keys are left to look at. No row when another '
'runner is at it.';
