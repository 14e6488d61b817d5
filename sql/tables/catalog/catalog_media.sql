create table sync.catalog_media (
  shop_id bigint not null references sync.shops on delete cascade,
  group_key text collate "C" not null,
  url text not null,
  media_id bigint not null,
  status text,
  problem text,
  primary key (shop_id, group_key, url)
);
comment on table sync.catalog_media is
'Images of the warehouse that a product has at Shopify already, by the address they came from: none is uploaded twice.';
comment on column sync.catalog_media.status is
'Of its processing, as last seen: UPLOADED, PROCESSING, READY or FAILED; problem: why it failed.';
