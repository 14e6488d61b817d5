create table sync.level_discrepancies (
  id bigint generated always as identity primary key,
  shop_id bigint not null references sync.shops on delete cascade,
  product_key text not null,
  inventory_item_id bigint not null,
  location_id bigint not null,
  expected integer not null,
  found integer not null,
  size integer not null generated always as (expected - found) stored,
  cause text not null,
  first_seen_at timestamptz not null default now(),
  last_seen_at timestamptz not null default now(),
  run_id bigint not null,
  corrected_at timestamptz,
  corrected_by bigint,
  vanished_at timestamptz,
  constraint cause_is_known check (
    cause in ('foreign edit', 'missed change', 'failed push', 'un-imported order', 'mapping')
  ),
  constraint corrected_by_a_request check ((corrected_at is null) = (corrected_by is null)),
  constraint corrected_or_vanished check (corrected_at is null or vanished_at is null)
);
create unique index level_discrepancies_open_idx on sync.level_discrepancies (shop_id, inventory_item_id, location_id)
where corrected_at is null and vanished_at is null;
create index level_discrepancies_first_seen_at_idx on sync.level_discrepancies (first_seen_at);
comment on table sync.level_discrepancies is
'Levels that reconciling found to be otherwise than they should be though nothing was on its way, with the cause. '
'Open until a request has corrected them, or until they are found right.';
comment on column sync.level_discrepancies.run_id is 'The run that saw it last.';
comment on column sync.level_discrepancies.corrected_by is 'The request that carried the right number to Shopify.';
