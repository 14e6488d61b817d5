create table sync.webhook_secrets (
  shop_id bigint primary key references sync.shops on delete cascade,
  secret bytea not null,
  previous bytea,
  set_at timestamptz not null default clock_timestamp()
);
comment on table sync.webhook_secrets is
'What the webhooks of a shop are signed with, encrypted by the runner: needed where its token is no client secret.';
comment on column sync.webhook_secrets.previous is
'Accepted beside the secret: Shopify signs with the older one for up to an hour after another was made.';
