create table sync.calls (
  id bigint generated always as identity primary key,
  shop_id bigint not null references sync.shops on delete cascade,
  request_id bigint,
  document text not null,
  at timestamptz not null default clock_timestamp(),
  milliseconds integer not null,
  http_status integer,
  error_class text,
  message text,
  requested_cost integer,
  actual_cost integer,
  currently_available integer,
  shopify_request_id text,
  items integer
);
create index calls_at_idx on sync.calls (at);
create index calls_request_id_idx on sync.calls (request_id) where request_id is not null;
comment on table sync.calls is 'Every call of the Admin API: what it cost and how it ended. No tokens, no bodies.';
comment on column sync.calls.items is
'Entries that the request carried, or nodes of the page that was read; null: neither, or an error.';
