create table sync.field_rules (
  shop_id bigint not null references sync.shops on delete cascade,
  entity text not null,
  field text not null,
  rule text not null,
  primary key (shop_id, entity, field),
  constraint rule_is_known check (rule in ('ours', 'theirs', 'newest', 'merge', 'manual'))
);
comment on table sync.field_rules is
'Who owns a field of an entity, where that is not the warehouse. A field with a dot has the rule of what stands before it '
'unless it has its own.';
comment on column sync.field_rules.rule is
'What becomes of what both sides may have changed. ours: the warehouse wins; theirs: the shop does; newest: who changed '
'it last; merge: sets are united, maps merged key by key; manual: a person decides.';
