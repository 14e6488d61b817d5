-- Empty the change queues into the change log, note which products must be pushed, pack jobs.
-- Any runner may call it at any time; one works, the others get no row and go on. A runner that means to sleep for
-- p_sleep seconds says so before this, its last look: what is committed later wakes it with NOTIFY sync_changes.
create or replace function sync.relay_changes(p_sleep integer default 0, p_limit integer default 500000)
returns table (relayed integer, packed integer, waiting text[])
language plpgsql
set search_path = pg_catalog, pg_temp
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
