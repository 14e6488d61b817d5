create table sync.shop_locations (
  shop_id bigint not null references sync.shops on delete cascade,
  location_key text not null,
  location_id bigint,
  primary key (shop_id, location_key),
  foreign key (shop_id, location_id) references sync.locations
);
comment on table sync.shop_locations is
'Which Shopify location shows the stock of which warehouse location. Several may map to one; '
'null means that this stock is not offered in the shop.';
