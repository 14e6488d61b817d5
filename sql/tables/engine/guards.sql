create table sync.guards (
  shop_id bigint primary key references sync.shops on delete cascade,
  zero_share double precision not null default 0.2,
  change_share double precision not null default 0.5,
  allowance integer not null default 10,
  levels integer,
  in_stock integer,
  counted_at timestamptz,
  held_at timestamptz,
  held_reason text,
  constraint shares_are_shares check (zero_share > 0 and zero_share <= 1 and change_share > 0 and change_share <= 1),
  constraint allowance_is_not_negative check (allowance >= 0),
  constraint held_has_reason check ((held_at is null) = (held_reason is null))
) with (fillfactor = 50);
comment on table sync.guards is
'Per shop: what is unusual, and whether its pushes are held until somebody releases them.';
comment on column sync.guards.zero_share is
'More than this share of the levels in stock set to zero is unusual; 1: nothing is.';
comment on column sync.guards.change_share is
'More than this share of all levels changed at one stroke is unusual; 1: nothing is.';
comment on column sync.guards.allowance is 'So many levels are never unusual.';
