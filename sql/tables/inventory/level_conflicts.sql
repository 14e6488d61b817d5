create table sync.level_conflicts (
  id bigint generated always as identity primary key,
  shop_id bigint not null references sync.shops on delete cascade,
  inventory_item_id bigint not null,
  location_id bigint not null,
  request_id bigint,
  expected integer not null,
  found integer not null,
  committed_expected integer not null,
  committed_found integer not null,
  cause text not null,
  found_at timestamptz not null default now(),
  constraint cause_is_known check (cause in ('un-imported order', 'foreign edit'))
);
create index level_conflicts_item_idx on sync.level_conflicts (shop_id, inventory_item_id, location_id, found_at);
comment on table sync.level_conflicts is
'Levels that Shopify held differently from what we had last seen, found when a request was stale, failed or too old to be repeated.';
