create table sync.field_writes (
  request_id bigint not null references sync.requests on delete cascade,
  entity text not null,
  key text collate "C" not null,
  fields jsonb not null,
  before jsonb not null,
  run_id bigint,
  primary key (request_id, entity, key)
);
create index field_writes_key_idx on sync.field_writes (key, entity, request_id);
create index field_writes_run_id_idx on sync.field_writes (run_id) where run_id is not null;
comment on table sync.field_writes is 'Which fields a request sets, to what, and what Shopify showed before.';
comment on column sync.field_writes.run_id is 'The run that wanted it: an undo of the run restores what was before.';
