create table sync.field_writes (
  request_id bigint not null references sync.requests on delete cascade,
  entity text not null,
  key text collate "C" not null,
  fields jsonb not null,
  before jsonb not null,
  primary key (request_id, entity, key)
);
comment on table sync.field_writes is 'Which fields a request sets, to what, and what Shopify showed before.';
