create table sync.pending (
  shop_id bigint not null references sync.shops on delete cascade,
  kind text not null references sync.kinds,
  key text collate "C" not null,
  lane smallint,
  urgency integer not null,
  since timestamptz not null,
  changes integer not null default 1,
  job_id bigint,
  moves integer not null default 0,
  losses integer not null default 0,
  cleared boolean not null default false,
  run_id bigint,
  primary key (shop_id, kind, key),
  constraint urgency_is_not_negative check (urgency >= 0)
) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.05);
-- No index knows job_id, so that taking rows into a job changes none: few rows of a lane are in a job at a time.
-- Only who names a lane may use it: a plan for some keys that was made while nothing was pending would walk through all
-- of a shop's.
create index pending_lane_idx on sync.pending (shop_id, kind, lane, urgency, since) where lane is not null;
create index pending_gathering_idx on sync.pending (shop_id, kind, urgency, since) where lane is null;
create index pending_losing_idx on sync.pending (shop_id, kind) where losses > 0;
create index pending_wanted_idx on sync.pending (shop_id, kind, key) where run_id is not null or cleared;
comment on table sync.pending is
'Keys that differ, or may differ, between a shop and the warehouse, one row however often they changed.';
comment on column sync.pending.lane is 'Null: it gathers, until all that changed at the same stroke was looked at (sync.slices).';
comment on column sync.pending.urgency is
'What is worked on first: the smallest. A million to each class of sync.priorities, the second half of it to what a '
'stroke of very many keys has changed.';
comment on column sync.pending.job_id is
'The job that will settle this row, as long as it waits or runs. A change that comes later takes the row out again.';
comment on column sync.pending.moves is 'Parts of the key that would change; losses: those that would be lost.';
comment on column sync.pending.cleared is 'Somebody has seen what would change: the guard lets it pass.';
comment on column sync.pending.run_id is 'The run that wants it.';
