create table sync.budgets (
  shop_id bigint primary key references sync.shops on delete cascade,
  capacity double precision not null,
  restore_rate double precision not null,
  level double precision not null,
  updated_at timestamptz not null default clock_timestamp(),
  constraint capacity_and_rate_are_positive check (capacity > 0 and restore_rate > 0)
) with (fillfactor = 10);
comment on table sync.budgets is
'The cost budget of a shop, shared by all runner processes: a copy of Shopify''s leaky bucket, corrected by every answer.';
comment on column sync.budgets.level is 'Points left. Below zero: points promised to callers that still wait for them.';
