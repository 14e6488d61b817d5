create table sync.change_log (
  id bigint generated always as identity,
  watch smallint not null,
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
alter table sync.change_log_default replica identity full;
comment on table sync.change_log is
'Every committed change of the mapped warehouse tables, one partition per day; keep_log_partitions() makes and drops them.';
comment on column sync.change_log.op is
'insert, update, delete, truncate; bulk: many rows in one transaction; attach, recheck, mended: everything is looked at; '
'unread: the row''s key could not be read; related: a product that a change of another table concerns.';
comment on table sync.change_log_default is 'Takes rows of days that have no partition yet.';
