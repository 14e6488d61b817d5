-- Two queues take turns: while one fills, the other can be truncated without a writer noticing.
create table sync.change_queue_0 (
  watch smallint not null,
  op text not null,
  key text,
  old_key text,
  changed_at timestamptz not null default pg_catalog.clock_timestamp(),
  xid xid8 not null default pg_catalog.pg_current_xact_id()
) with (vacuum_truncate = false, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_scale_factor = 0.5);
-- A publication for all tables would refuse to delete rows without an identity.
alter table sync.change_queue_0 replica identity full;
comment on table sync.change_queue_0 is
'Where triggers append what changed in the warehouse. No index, no constraint, no foreign key: a writer never '
'waits here. relay_changes() empties it; change_queue_1 takes its turn when it has grown.';
comment on column sync.change_queue_0.watch is 'The table, by its number in sync.watches.';
comment on column sync.change_queue_0.key is 'Of the changed row; null: any row of the table may have changed.';
