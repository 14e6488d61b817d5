create table sync.guards (
  shop_id bigint not null references sync.shops on delete cascade,
  kind text not null references sync.kinds,
  loss_share double precision not null default 0.2,
  change_share double precision not null default 0.5,
  allowance integer not null default 10,
  parts integer,
  present integer,
  counted_at timestamptz,
  held_at timestamptz,
  held_reason text,
  primary key (shop_id, kind),
  constraint shares_are_shares check (loss_share > 0 and loss_share <= 1 and change_share > 0 and change_share <= 1),
  constraint allowance_is_not_negative check (allowance >= 0),
  constraint held_has_reason check ((held_at is null) = (held_reason is null))
) with (fillfactor = 50);
comment on table sync.guards is
'Per shop and kind: what is unusual, and whether nothing of the kind goes out until somebody releases it.';
comment on column sync.guards.loss_share is
'Losing more than this share of the parts that are present is unusual, such as levels in stock set to zero; 1: nothing is.';
comment on column sync.guards.change_share is
'Changing more than this share of all parts at one stroke is unusual; 1: nothing is.';
comment on column sync.guards.allowance is 'So many parts are never unusual.';
comment on column sync.guards.parts is 'Parts of the kind at the shop, at counted_at; present: those that could be lost.';
