create table sync.product_shadows (
  id bigint generated always as identity primary key,
  shop_id bigint not null references sync.shops on delete cascade,
  group_key text collate "C" not null,
  at timestamptz not null default clock_timestamp(),
  document text not null,
  variables json not null
);
create index product_shadows_key_idx on sync.product_shadows (shop_id, group_key, document, id);
comment on table sync.product_shadows is 'Requests of the catalogue that would have been sent if the shop had been live.';
