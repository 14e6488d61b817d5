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
