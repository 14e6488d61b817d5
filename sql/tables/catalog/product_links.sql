create table sync.product_links (
  shop_id bigint not null references sync.shops on delete cascade,
  group_key text collate "C" not null,
  product_id bigint,
  state text not null default 'new',
  reason text,
  updated_at timestamptz,
  media bigint[] not null default '{}',
  collections bigint[] not null default '{}',
  parts_at timestamptz,
  reads_parts boolean not null default false,
  status_before text,
  changed_at timestamptz not null default now(),
  primary key (shop_id, group_key),
  constraint state_is_known check (state in ('new', 'ok', 'ambiguous', 'left')),
  constraint ambiguous_has_reason check (state <> 'ambiguous' or reason is not null),
  constraint ok_has_product check (state <> 'ok' or product_id is not null),
  constraint product_has_one_group unique (shop_id, product_id) deferrable
);
comment on table sync.product_links is
'Which product of a shop each group of the warehouse''s products is. Made by us it bears the group''s key as its custom '
'id; there before, it was adopted.';
comment on column sync.product_links.state is
'new: not there yet; ambiguous: several products could be it; left: the warehouse has it no more, and product_id is kept '
'for its return.';
comment on column sync.product_links.media is 'Images and the like that the product was last seen to have, in their order.';
comment on column sync.product_links.collections is 'Collections that the product was last seen in.';
comment on column sync.product_links.parts_at is
'When its parts were last read: metafields, collections, sales channels, images. reads_parts: they are to be read anew.';
comment on column sync.product_links.status_before is 'The status to return to, of a product that was archived or set to draft as it left.';
comment on column sync.product_links.updated_at is 'Of the product, by Shopify''s clock, when it was last seen.';
