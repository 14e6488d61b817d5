create table sync.plans (
  id bigint generated always as identity primary key,
  shop_id bigint not null references sync.shops on delete cascade,
  fingerprint text not null,
  basis text not null,
  levels integer not null,
  moves integer not null,
  zeroes integer not null,
  units_up bigint not null,
  units_down bigint not null,
  created_at timestamptz not null default now()
);
create index plans_shop_id_idx on sync.plans (shop_id, id);
comment on table sync.plans is 'What would have moved at Shopify if a shop had gone live then: a shop goes live on its last plan.';
comment on column sync.plans.fingerprint is 'Stands for every number of the plan.';
comment on column sync.plans.basis is 'Stands for what the numbers are made by: the warehouse mapping and the mapped locations.';
