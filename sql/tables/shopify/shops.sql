create table sync.shops (
  id bigint generated always as identity primary key,
  domain text not null unique,
  url text not null,
  grant_type text not null,
  client_id text,
  secret bytea not null,
  access_token bytea,
  access_token_expires_at timestamptz,
  renewal uuid,
  renewal_ends_at timestamptz,
  name text,
  currency text,
  mode text not null default 'monitor',
  scopes text[] not null default '{}',
  created_at timestamptz not null default now(),
  verified_at timestamptz,
  linked_at timestamptz,
  runs_at_once smallint not null default 3,
  constraint domain_is_of_shopify check (domain ~ '^[a-z0-9][a-z0-9-]*\.myshopify\.com$'),
  constraint runs_at_once_is_positive check (runs_at_once > 0),
  constraint mode_is_known check (mode in ('off', 'monitor', 'live')),
  constraint grant_type_is_known check (grant_type in ('token', 'client_credentials')),
  constraint client_credentials_have_client_id check ((grant_type = 'client_credentials') = (client_id is not null))
);
comment on table sync.shops is 'Shopify shops that this warehouse supplies. Secrets are encrypted by the runner.';
comment on column sync.shops.url is 'Where the Admin API answers: https:// and the domain, or the address of a sandbox.';
comment on column sync.shops.mode is
'off: changes wait. monitor: the whole path runs, but nothing is written to Shopify. live: Shopify is kept in step.';
comment on column sync.shops.secret is 'The admin token or the client secret, encrypted.';
comment on column sync.shops.access_token is 'The token that the client credentials grant gave last, encrypted.';
comment on column sync.shops.renewal is
'Who asks for another token at this moment, until renewal_ends_at: nobody holds a lock meanwhile.';
comment on column sync.shops.runs_at_once is 'How many runs of the queue may read the shop at a time.';
