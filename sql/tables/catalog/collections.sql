create table sync.collections (
  shop_id bigint not null references sync.shops on delete cascade,
  collection_id bigint not null,
  handle text not null,
  title text not null,
  is_smart boolean not null,
  primary key (shop_id, collection_id)
);
create index collections_handle_idx on sync.collections (shop_id, handle);
create index collections_title_idx on sync.collections (shop_id, lower(title));
comment on table sync.collections is 'Collections of a shop as Shopify last showed them.';
comment on column sync.collections.is_smart is 'It chooses its products by rules of its own: none can be put into it.';
