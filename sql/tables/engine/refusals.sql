create table sync.refusals (
  id bigint generated always as identity primary key,
  shop_id bigint not null references sync.shops on delete cascade,
  kind text not null references sync.kinds,
  key text collate "C" not null,
  part text not null default '',
  class text not null,
  message text not null,
  job_id bigint,
  request_id bigint,
  refusals integer not null default 1,
  first_at timestamptz not null default now(),
  last_at timestamptz not null default now()
);
create unique index refusals_key_idx on sync.refusals (shop_id, kind, key, part);
comment on table sync.refusals is
'What Shopify, or our own check, refused for good: one open row per key and part, gone when it succeeds.';
comment on column sync.refusals.part is 'The part of the key that is refused, such as a location of a product; empty: the whole key.';
