create table sync.level_shadows (
  id bigint generated always as identity primary key,
  shop_id bigint not null references sync.shops on delete cascade,
  product_key text not null,
  inventory_item_id bigint not null,
  location_id bigint not null,
  quantity integer not null,
  change_from_quantity integer not null,
  at timestamptz not null default clock_timestamp()
);
create index level_shadows_level_idx on sync.level_shadows (shop_id, inventory_item_id, location_id, id);
create index level_shadows_at_idx on sync.level_shadows (at);
comment on table sync.level_shadows is 'What would have been sent to a shop in mode monitor.';
