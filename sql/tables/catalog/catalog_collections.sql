create table sync.catalog_collections (
  shop_id bigint not null references sync.shops on delete cascade,
  group_key text collate "C" not null,
  collection_id bigint not null,
  primary key (shop_id, group_key, collection_id)
);
comment on table sync.catalog_collections is
'Collections that a product is in because the warehouse says so; those that it is in besides are the shop''s own choice.';
