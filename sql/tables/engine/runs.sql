create table sync.runs (
  id bigint generated always as identity primary key,
  kind text not null,
  shop_id bigint references sync.shops on delete cascade,
  state text not null default 'running',
  is_exclusive boolean not null default false,
  args jsonb not null default '{}',
  requested_by text not null default session_user,
  priority integer not null default 0,
  queued_at timestamptz,
  due_at timestamptz not null default now(),
  cancel_requested_at timestamptz,
  done integer not null default 0,
  total integer,
  failed integer not null default 0,
  result jsonb,
  error text,
  tick bigint not null default nextval('sync.ticks'),
  after_change bigint not null default coalesce(pg_sequence_last_value('sync.change_log_id_seq'), 0),
  started_at timestamptz default now(),
  marked_at timestamptz,
  finished_at timestamptz,
  attempt integer not null default 1,
  reached text,
  way text,
  advanced_at timestamptz not null default now(),
  constraint state_is_known check (state in ('queued', 'running', 'succeeded', 'failed', 'cancelled')),
  constraint finished_unless_open check ((state in ('queued', 'running')) = (finished_at is null)),
  constraint started_unless_queued check (started_at is not null or state in ('queued', 'cancelled')),
  constraint args_are_an_object check (jsonb_typeof(args) = 'object')
);
create index runs_started_at_idx on sync.runs (started_at);
create index runs_open_idx on sync.runs (shop_id, kind) where state in ('queued', 'running');
create unique index runs_one_at_a_time_idx on sync.runs (shop_id, kind) where state = 'running' and is_exclusive;
comment on table sync.runs is 'Longer work: who wants, runs or ran what and when, how far it is, what came of it.';
comment on column sync.runs.is_exclusive is
'No other such run of its kind and shop is at work beside it. What names its keys goes beside all others.';
comment on column sync.runs.args is 'What was asked for, as its kind takes it; keys: of these only.';
comment on column sync.runs.requested_by is 'Who wants it: a person, a role of the database, or schedule NAME.';
comment on column sync.runs.priority is 'Of those that wait in the queue the larger number goes first, then the older.';
comment on column sync.runs.queued_at is 'When it was put into the queue; null: who began it is at it himself.';
comment on column sync.runs.due_at is 'It is not begun before.';
comment on column sync.runs.failed is 'Keys of which something was refused, see run_failures.';
comment on column sync.runs.started_at is 'When it was begun first; null: not yet.';
comment on column sync.runs.marked_at is
'When it had looked at all and made pending what differs: since then it waits until that is acknowledged or refused.';
comment on column sync.runs.attempt is 'How often the run was begun or taken over. Who holds an older number has lost it.';
comment on column sync.runs.reached is 'How far it is, in its own words: where another process would go on.';
comment on column sync.runs.way is 'Whether it works by single calls or bulk operations, and why.';
comment on column sync.runs.tick is 'What was read with a greater one was read since it began.';
comment on column sync.runs.after_change is 'Changes with a greater id were relayed since it began.';
comment on column sync.runs.advanced_at is 'When it last gave a sign of life.';
