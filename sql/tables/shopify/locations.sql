create table sync.locations (
  shop_id bigint not null references sync.shops on delete cascade,
  location_id bigint not null,
  name text not null,
  is_active boolean not null,
  is_managed boolean not null default false,
  read_at timestamptz not null,
  primary key (shop_id, location_id)
);
comment on table sync.locations is 'Locations of a shop as Shopify last showed them.';
comment on column sync.locations.is_managed is 'Whether Shopify ever took a number from us here.';
