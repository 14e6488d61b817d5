create table sync.plans (
  id bigint generated always as identity primary key,
  shop_id bigint not null references sync.shops on delete cascade,
  kind text not null references sync.kinds,
  fingerprint text not null,
  basis text not null,
  parts integer not null,
  moves integer not null,
  losses integer not null,
  detail jsonb not null default '{}',
  created_at timestamptz not null default now()
);
create index plans_shop_id_kind_id_idx on sync.plans (shop_id, kind, id);
comment on table sync.plans is
'What would have changed at Shopify if a shop had gone live then, a row for each kind: a shop goes live on its last plans.';
comment on column sync.plans.fingerprint is 'Stands for every number of the plan.';
comment on column sync.plans.basis is 'Stands for what the numbers are made by, such as the warehouse mapping.';
comment on column sync.plans.detail is 'Further figures of the kind: for inventory units_up and units_down.';
