create table sync.webhooks (
  id bigint generated always as identity primary key,
  shop_id bigint not null references sync.shops on delete cascade,
  topic text not null,
  webhook_id text not null,
  event_id text,
  api_version text,
  triggered_at timestamptz,
  received_at timestamptz not null default clock_timestamp(),
  body bytea not null,
  state text not null default 'waiting',
  message text,
  handled_at timestamptz,
  unique (shop_id, webhook_id),
  constraint state_is_known check (state in ('waiting', 'done', 'kept', 'refused')),
  constraint refused_has_message check ((state = 'refused') = (message is not null))
);
create index webhooks_waiting_idx on sync.webhooks (id) where state = 'waiting';
create index webhooks_received_at_idx on sync.webhooks (received_at);
comment on table sync.webhooks is
'The inbox: every webhook as it came, once, stored before it was answered. Personal data: pruned with the logs.';
comment on column sync.webhooks.webhook_id is 'Shopify''s X-Shopify-Webhook-Id: the same for each try of one delivery.';
comment on column sync.webhooks.event_id is 'The same for every webhook that one action of a merchant caused.';
comment on column sync.webhooks.body is 'The bytes that were signed.';
comment on column sync.webhooks.state is
'waiting; done: handed to its subject; kept: no subject wants it; refused: it cannot be read, and message says why.';
