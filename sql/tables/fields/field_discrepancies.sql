create table sync.field_discrepancies (
  id bigint generated always as identity primary key,
  shop_id bigint not null references sync.shops on delete cascade,
  entity text not null,
  key text collate "C" not null,
  field text not null,
  expected jsonb,
  found jsonb,
  cause text not null,
  first_seen_at timestamptz not null default now(),
  last_seen_at timestamptz not null default now(),
  run_id bigint not null,
  corrected_at timestamptz,
  corrected_by bigint,
  vanished_at timestamptz,
  constraint cause_is_known check (cause in ('foreign edit', 'missed change', 'failed push', 'mapping', 'deleted')),
  constraint corrected_by_a_request check ((corrected_at is null) = (corrected_by is null)),
  constraint corrected_or_vanished check (corrected_at is null or vanished_at is null)
);
create unique index field_discrepancies_open_idx on sync.field_discrepancies (shop_id, entity, key, field)
where corrected_at is null and vanished_at is null;
create index field_discrepancies_first_seen_at_idx on sync.field_discrepancies (first_seen_at);
comment on table sync.field_discrepancies is
'Fields that a pass found to be otherwise than they should be though nothing was on its way, with the cause. Open until '
'a request has corrected them, or until they are found right.';
comment on column sync.field_discrepancies.field is
'Empty: the object as a whole, which is not there, or should not be.';
comment on column sync.field_discrepancies.cause is
'foreign edit: somebody has changed it in the shop; missed change: the warehouse has, and it was not sent; failed push: it '
'was refused; mapping: it is mapped only now; deleted: somebody has deleted the object in the shop.';
