create table sync.runs (
  id bigint generated always as identity primary key,
  kind text not null,
  shop_id bigint references sync.shops on delete cascade,
  state text not null default 'running',
  is_exclusive boolean not null default false,
  done integer not null default 0,
  total integer,
  result jsonb,
  error text,
  tick bigint not null default nextval('sync.ticks'),
  after_change bigint not null default coalesce(pg_sequence_last_value('sync.change_log_id_seq'), 0),
  started_at timestamptz not null default now(),
  finished_at timestamptz,
  attempt integer not null default 1,
  reached text,
  way text,
  advanced_at timestamptz not null default now(),
  constraint state_is_known check (state in ('running', 'succeeded', 'failed', 'cancelled')),
  constraint finished_unless_running check ((state = 'running') = (finished_at is null))
);
create index runs_started_at_idx on sync.runs (started_at);
create unique index runs_one_at_a_time_idx on sync.runs (shop_id, kind) where state = 'running' and is_exclusive;
comment on table sync.runs is 'Longer work: who runs or ran when, how far it is, what came of it.';
comment on column sync.runs.is_exclusive is 'Claimed: no other claimed run of its kind and shop is at work beside it.';
comment on column sync.runs.attempt is 'How often the run was begun or taken over. Who holds an older number has lost it.';
comment on column sync.runs.reached is 'How far it is, in its own words: where another process would go on.';
comment on column sync.runs.way is 'Whether it works by single calls or bulk operations, and why.';
comment on column sync.runs.tick is 'What was read with a greater one was read since it began.';
comment on column sync.runs.after_change is 'Changes with a greater id were relayed since it began.';
comment on column sync.runs.advanced_at is 'When it last gave a sign of life.';
