create table sync.reservations (
  shop_id bigint not null,
  order_id bigint not null,
  line_id bigint not null,
  location_key text collate "C" not null,
  product_key text collate "C" not null,
  units integer not null,
  is_written boolean not null,
  unit_keys text[] not null default '{}',
  reserved_at timestamptz not null default clock_timestamp(),
  primary key (shop_id, order_id, line_id, location_key),
  foreign key (shop_id, order_id, line_id) references sync.order_lines on delete cascade,
  constraint units_are_positive check (units > 0)
);
create index reservations_product_idx on sync.reservations (product_key) where not is_written;
comment on table sync.reservations is 'Units of the warehouse that lines of orders have reserved.';
comment on column sync.reservations.is_written is
'Whether the warehouse''s own rows say so. If not, it still counts the units as available, and other shops must not offer them.';
comment on column sync.reservations.unit_keys is 'The rows that were reserved, where the mapping''s statement tells them.';
