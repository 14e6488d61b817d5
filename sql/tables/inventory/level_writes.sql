create table sync.level_writes (
  run_id bigint not null,
  request_id bigint not null references sync.requests on delete cascade,
  product_key text not null,
  inventory_item_id bigint not null,
  location_id bigint not null,
  quantity integer not null,
  change_from_quantity integer not null,
  primary key (request_id, inventory_item_id, location_id)
);
create index level_writes_run_id_idx on sync.level_writes (run_id);
comment on table sync.level_writes is 'Levels that a request set because a run wanted it: what an undo of the run restores.';
