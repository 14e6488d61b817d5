create table sync.mapping_faults (
  entry text primary key,
  message text not null,
  is_locked boolean not null default false,
  since timestamptz not null default clock_timestamp(),
  last_at timestamptz not null default clock_timestamp(),
  probe_at timestamptz not null default clock_timestamp() + interval '10 seconds',
  constraint entry_is_known check (entry in ('products', 'images', 'locations', 'stock', 'customers', 'watch'))
);
comment on table sync.mapping_faults is
'Entries of the mapping that could not be read, with the reason. What they feed is not pushed meanwhile; reading is '
'tried again at probe_at.';
comment on column sync.mapping_faults.is_locked is 'A table that it reads is locked: it ends with the lock.';
