create table sync.requests (
  id bigint generated always as identity primary key,
  shop_id bigint not null references sync.shops on delete cascade,
  kind text not null references sync.kinds,
  lane smallint not null,
  job_id bigint,
  document text not null,
  idempotency_key uuid not null unique default gen_random_uuid(),
  variables json not null,
  entries integer not null,
  keys text[] not null,
  state text not null default 'open',
  sends integer not null default 1,
  run_id bigint,
  answer json,
  created_at timestamptz not null default clock_timestamp(),
  answered_at timestamptz,
  constraint state_is_known check (state in ('open', 'applied', 'rejected', 'abandoned')),
  constraint answered_unless_open check ((state = 'open') = (answered_at is null))
);
create index requests_open_idx on sync.requests (shop_id, kind, lane) where state = 'open';
create index requests_created_at_idx on sync.requests (created_at);
comment on table sync.requests is
'Every writing request, stored with its idempotency key before it is sent. While no answer is known it is open, '
'and the same text is repeated under the same key before its lane goes on.';
comment on column sync.requests.variables is 'The exact text that is sent: Shopify compares the order of fields as well.';
comment on column sync.requests.document is 'The name of the GraphQL document that the variables are for.';
comment on column sync.requests.entries is 'Parts that the request carries, numbered from 0 as Shopify numbers them in its errors.';
comment on column sync.requests.keys is 'The keys that the entries belong to.';
comment on column sync.requests.run_id is 'The undo that wants it; null: a push.';
