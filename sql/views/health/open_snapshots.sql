-- What keeps vacuum from removing rows that died since. Sessions of other roles show themselves only to members of
-- pg_read_all_stats. Of a replication slot it is not known since when.
create or replace view sync.open_snapshots as
select
  format('session %s of %s (%s)', s.pid, s.usename, coalesce(nullif(s.application_name, ''), s.state)) as what,
  clock_timestamp() - s.xact_start as held_for,
  age(s.backend_xmin) as transactions
from pg_stat_activity as s
where
  s.backend_xmin is not null and s.datname = current_database() and s.pid <> pg_backend_pid()
  and s.backend_type = 'client backend'
union all
select
  format('prepared transaction %s of %s', x.gid, x.owner),
  clock_timestamp() - x.prepared,
  age(x.transaction)
from pg_prepared_xacts as x
union all
select
  format('replication slot %s', r.slot_name),
  null,
  age(r.xmin)
from pg_replication_slots as r
where r.xmin is not null and not r.active;
comment on view sync.open_snapshots is
'What keeps vacuum from removing dead rows: sessions, prepared transactions, replication slots; and by how many transactions.';
