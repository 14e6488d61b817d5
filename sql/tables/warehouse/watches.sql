create table sync.watches (
  watch smallint primary key,
  relation text not null,
  entity text not null,
  key_column text not null,
  key_type text not null,
  is_watched boolean not null default true,
  is_translated boolean not null,
  feeds text[] not null,
  by_row boolean not null,
  state text,
  written bigint,
  log_ids bigint[] not null default '{0,0}',
  constraint entity_is_known check (entity in ('product', 'customer')),
  unique (relation, entity, key_column, key_type)
);
comment on table sync.watches is 'The tables of the warehouse that are watched, or were: what a number in the change log stands for.';
comment on column sync.watches.relation is 'The table, as SQL writes it.';
comment on column sync.watches.entity is 'What its rows are about.';
comment on column sync.watches.is_watched is 'Whether the mapping that is attached watches it.';
comment on column sync.watches.is_translated is 'Whether translate_keys() must make keys of the entity from what was captured.';
comment on column sync.watches.feeds is
'Entries of the mapping that are read from this table. products: links follow its changes.';
comment on column sync.watches.by_row is 'Whether inserted and deleted rows fire a trigger one by one.';
comment on column sync.watches.state is 'What state_of() said of the table when it was looked at last.';
comment on column sync.watches.written is 'Rows that had been inserted and deleted then.';
comment on column sync.watches.log_ids is
'How far the change log was then, and the time before: Postgres may count a row some seconds after it was captured.';
