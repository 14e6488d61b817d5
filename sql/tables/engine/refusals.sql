create table sync.refusals (
  id bigint generated always as identity primary key,
  shop_id bigint not null references sync.shops on delete cascade,
  kind text not null default 'inventory',
  key text collate "C" not null,
  location_id bigint,
  class text not null,
  message text not null,
  remedy text not null,
  job_id bigint,
  request_id bigint,
  refusals integer not null default 1,
  first_at timestamptz not null default now(),
  last_at timestamptz not null default now()
);
create unique index refusals_key_idx on sync.refusals (shop_id, kind, key, coalesce(location_id, 0));
comment on table sync.refusals is
'What Shopify, or our own check, refused for good: one open row per product and location, gone when it succeeds.';
