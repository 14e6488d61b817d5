-- Two queues take turns: while one fills, the other can be truncated without a writer noticing.
create table sync.change_queue_0 (
  entity text not null,
  op text not null,
  key text,
  old_key text,
  changed_at timestamptz not null default pg_catalog.clock_timestamp(),
  xid xid8 not null default pg_catalog.pg_current_xact_id()
) with (vacuum_truncate = false, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_scale_factor = 0.5);
create table sync.change_queue_1 (like sync.change_queue_0 including defaults)
with (vacuum_truncate = false, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_scale_factor = 0.5);
comment on table sync.change_queue_0 is
'Where triggers append what changed in the warehouse. No index, no constraint, no foreign key: a writer never '
'waits here. relay_changes() empties it; change_queue_1 takes its turn when it has grown.';
comment on table sync.change_queue_1 is 'The other half of change_queue_0.';
comment on column sync.change_queue_0.key is 'The changed row; null in an entry of op attach, bulk or truncate, after which all must be looked at.';

-- Sequences, because a trigger can read one without a snapshot, a lock that lasts or a dead row ever.
create sequence sync.active_queue minvalue 0 maxvalue 1 start 0;
comment on sequence sync.active_queue is 'Which change queue triggers append to: 0 or 1.';
create sequence sync.asleep_until minvalue 0 start 0;
comment on sequence sync.asleep_until is
'Epoch second until which a sleeping runner wants a NOTIFY for every change; 0 while it is awake. '
'It lies in the past soon after a runner has died, so that writers never notify nobody.';

create table sync.change_log (
  id bigint generated always as identity,
  entity text not null,
  op text not null,
  key text,
  old_key text,
  changed_at timestamptz not null,
  xid xid8 not null,
  relayed_at timestamptz not null default now()
) partition by range (relayed_at);
-- Rows come in the order of time and leave with their partition. A b-tree would cost the relay more than all the
-- rest of its work. Here autovacuum summarizes, and ranges of blocks that do not know a key are skipped.
create index change_log_key_old_key_id_idx on sync.change_log using brin (
  key text_bloom_ops (n_distinct_per_range = 1000), old_key text_bloom_ops (n_distinct_per_range = 1000), id
) with (pages_per_range = 32);
create table sync.change_log_default partition of sync.change_log default;
comment on table sync.change_log is
'Every committed change of the mapped warehouse tables, one partition per day; keep_log_partitions() makes and drops them.';
comment on table sync.change_log_default is 'Takes rows of days that have no partition yet.';

select
  pg_catalog.setval('sync.active_queue', 0),
  pg_catalog.setval('sync.asleep_until', 0);

--! include functions/keep_log_partitions.sql
-- Make the change log's partitions of today and the next p_ahead days (of UTC, whoever calls), drop those older
-- than p_keep. Only the table's owner may, so the runner does it through this.
create or replace function sync.keep_log_partitions(p_ahead integer default 7, p_keep interval default '30 days')
returns table (made integer, dropped integer)
language plpgsql security definer
set search_path = ''
set timezone = 'UTC'
set lock_timeout = '2s'
as $$
declare
  v_day date;
  v_name text;
begin
  made := 0;
  dropped := 0;
  for v_day in select generate_series(current_date, current_date + p_ahead, '1 day')::date loop
    v_name := to_char(v_day, '"change_log_"YYYYMMDD');
    if to_regclass('sync.' || v_name) is null
      and not exists (select from sync.change_log_default where relayed_at >= v_day and relayed_at < v_day + 1)
    then
      execute format(
        'create table sync.%I partition of sync.change_log for values from (%L) to (%L)', v_name, v_day, v_day + 1
      );
      made := made + 1;
    end if;
  end loop;
  for v_name in
    select c.relname from pg_inherits as i
    join pg_class as c on c.oid = i.inhrelid
    where i.inhparent = 'sync.change_log'::regclass and c.relname ~ '^change_log_\d{8}$'
      and to_date(right(c.relname, 8), 'YYYYMMDD') < current_date - p_keep
  loop
    execute format('drop table sync.%I', v_name);
    dropped := dropped + 1;
  end loop;
  delete from sync.change_log_default where relayed_at < now() - p_keep;
  return next;
end $$;
comment on function sync.keep_log_partitions(integer, interval) is
'Make the change log''s partitions of the coming days and drop the old ones; returns how many.';
--! end

--! include functions/rotate_queue.sql
-- Let the change queues take turns, so that dead rows never pile up where the relay must read, not even while a
-- long report holds vacuum back: when the active queue has grown, triggers go over to the other one; once the
-- first is drained it is truncated, if no writer holds it at that instant. A writer never waits for this.
create or replace function sync.rotate_queue(p_grown bigint default 1048576)
returns text
language plpgsql
set search_path = ''
as $$
declare
  v_active bigint := pg_sequence_last_value('sync.active_queue');
  v_idle text := format('sync.change_queue_%s', 1 - v_active);
  v_drained boolean;
begin
  if pg_relation_size(v_idle) = 0 then
    if pg_relation_size(format('sync.change_queue_%s', v_active)) < p_grown then
      return 'small';
    end if;
    perform setval('sync.active_queue', 1 - v_active);
    return 'switched';
  end if;
  begin
    execute format('lock table %s in access exclusive mode nowait', v_idle);
  exception when lock_not_available then
    return 'busy';
  end;
  -- Only now is it certain that every writer who went there has committed.
  execute format('select not exists (select from %s)', v_idle) into v_drained;
  if not v_drained then
    return 'filled';
  end if;
  execute format('truncate %s', v_idle);
  return 'truncated';
end $$;
comment on function sync.rotate_queue(bigint) is
'Let the change queues take turns: small, switched, busy, filled or truncated.';
--! end

select sync.keep_log_partitions();
