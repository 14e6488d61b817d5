create table sync.bulk_operations (
  id bigint generated always as identity primary key,
  shop_id bigint not null references sync.shops on delete cascade,
  type text not null,
  document text not null,
  owner text not null,
  marker uuid not null default gen_random_uuid(),
  state text not null default 'waiting',
  operation_id bigint,
  tick bigint not null default nextval('sync.ticks'),
  download bigint,
  requests bigint[],
  object_count bigint not null default 0,
  root_object_count bigint not null default 0,
  waits_for text,
  problem text,
  created_at timestamptz not null default clock_timestamp(),
  started_at timestamptz,
  advanced_at timestamptz not null default clock_timestamp(),
  ended_at timestamptz,
  constraint type_is_known check (type in ('QUERY', 'MUTATION')),
  constraint state_is_known check (state in ('waiting', 'starting', 'running', 'completed', 'whole', 'done', 'failed')),
  constraint ended_when_done_or_failed check ((ended_at is not null) = (state in ('done', 'failed'))),
  constraint failed_has_problem check (state <> 'failed' or problem is not null)
);
create unique index bulk_operations_open_idx on sync.bulk_operations (shop_id, owner, document) where ended_at is null;
comment on table sync.bulk_operations is
'Bulk operations of Shopify''s, stored before they are started: whoever takes over finds what was begun.';
comment on column sync.bulk_operations.owner is 'Who goes on with it: run ID, or push KIND.';
comment on column sync.bulk_operations.marker is
'A comment in the text that Shopify keeps: by it an operation is found whose start was not answered.';
comment on column sync.bulk_operations.state is
'waiting: for a slot; starting: Shopify may have begun; running: it has; completed: its result may be fetched; whole: the '
'result is here, and all of it; done: what it said is noted; failed: it has no result.';
comment on column sync.bulk_operations.operation_id is 'Shopify''s number of it.';
comment on column sync.bulk_operations.tick is 'Drawn before it was started: what it shows is not older.';
comment on column sync.bulk_operations.download is 'The lines of its result, see bulk_lines; each try to fetch them has a number of its own.';
comment on column sync.bulk_operations.requests is 'Of one that writes: the stored request of each line, in their order.';
comment on column sync.bulk_operations.object_count is 'Lines of its result as Shopify counts them; root_object_count: those without a parent.';
comment on column sync.bulk_operations.waits_for is 'What holds the slot that it waits for.';
comment on column sync.bulk_operations.advanced_at is 'When it was last seen to make progress.';
