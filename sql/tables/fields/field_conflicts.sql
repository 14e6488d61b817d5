create table sync.field_conflicts (
  id bigint generated always as identity primary key,
  shop_id bigint not null references sync.shops on delete cascade,
  entity text not null,
  key text collate "C" not null,
  field text not null,
  base jsonb,
  ours jsonb,
  theirs jsonb,
  theirs_at timestamptz,
  rule text not null,
  outcome text,
  value jsonb,
  decided_by text,
  found_at timestamptz not null default clock_timestamp(),
  decided_at timestamptz,
  written_at timestamptz,
  write_error text,
  constraint outcome_is_known check (outcome in ('ours', 'theirs', 'merged', 'value')),
  constraint decided_has_outcome check ((outcome is null) = (decided_at is null)),
  constraint decided_by_somebody check ((outcome is null) = (decided_by is null))
);
create unique index field_conflicts_open_idx on sync.field_conflicts (shop_id, entity, key, field)
where outcome is null;
create index field_conflicts_unwritten_idx on sync.field_conflicts (shop_id) where write_error is not null;
create index field_conflicts_key_idx on sync.field_conflicts (shop_id, entity, key, field, id);
comment on table sync.field_conflicts is
'Fields that the shop has changed since both sides agreed: what was agreed, what either says, by which rule it was '
'decided.';
comment on column sync.field_conflicts.base is 'What both sides had agreed on, as Shopify showed it.';
comment on column sync.field_conflicts.theirs_at is 'When Shopify says that the object was changed last.';
comment on column sync.field_conflicts.outcome is 'Whose value it is to be; null: a person has to say.';
comment on column sync.field_conflicts.value is 'What it is to be, if that is neither side''s.';
comment on column sync.field_conflicts.decided_by is 'rule, or who asked for it.';
comment on column sync.field_conflicts.written_at is
'When the shop''s value was written into the warehouse, if it was; write_error: why it could not be.';
