create table sync.document_costs (
  shop_id bigint not null references sync.shops on delete cascade,
  document text not null,
  predicted integer not null,
  requested integer not null,
  version text not null,
  sizes jsonb not null default '{}',
  noted_at timestamptz not null default clock_timestamp(),
  primary key (shop_id, document, predicted),
  constraint costs_are_positive check (predicted > 0 and requested > 0)
) with (fillfactor = 50);
comment on table sync.document_costs is
'What Shopify asks for each document, by the cost that was predicted for it. Page sizes are chosen by it. Written only when '
'an answer says something else than is known.';
comment on column sync.document_costs.requested is 'Points that Shopify asked for, the last time.';
comment on column sync.document_costs.version is 'The version of the API, and which text of the document it was.';
comment on column sync.document_costs.sizes is 'How much was asked for, by variable of the document, the last time.';
