create table sync.lanes (
  shop_id bigint not null references sync.shops on delete cascade,
  kind text not null references sync.kinds,
  lane smallint not null,
  entrypoint text not null generated always as (kind || '_' || shop_id || '_' || lane) stored unique,
  generation bigint not null default 0,
  job_id bigint,
  claimed_at timestamptz,
  lost double precision not null default 0,
  lost_at timestamptz not null default clock_timestamp(),
  primary key (shop_id, kind, lane)
) with (fillfactor = 50);
comment on table sync.lanes is
'One key always travels in one lane, and a lane runs one job at a time: no two jobs work on one key.';
comment on column sync.lanes.entrypoint is 'PgQueuer''s name for the lane.';
comment on column sync.lanes.generation is
'Counts the jobs that took the lane. A runner that was frozen and comes back holds an older one and may do nothing.';
comment on column sync.lanes.lost is
'For the guard: parts lost less parts regained, at lost_at. Kept here, for no lane waits for another''s row.';
