create table sync.field_bases (
  shop_id bigint not null references sync.shops on delete cascade,
  entity text not null,
  key text collate "C" not null,
  ours jsonb not null default '{}',
  theirs jsonb not null default '{}',
  seen jsonb not null default '{}',
  decided jsonb not null default '{}',
  seen_at timestamptz,
  seen_tick bigint not null default 0,
  primary key (shop_id, entity, key)
);
comment on table sync.field_bases is 'What both sides last agreed on, field by field, of everything that is linked.';
comment on column sync.field_bases.ours is 'As the warehouse said it then; a field that is missing was never agreed on.';
comment on column sync.field_bases.theirs is 'As Shopify showed it then: it may have spelled it in its own way.';
comment on column sync.field_bases.seen is 'As Shopify showed it last, at seen_at.';
comment on column sync.field_bases.decided is 'What somebody has decided that Shopify is to hold, until it does.';
