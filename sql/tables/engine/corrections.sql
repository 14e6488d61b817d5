create table sync.corrections (
  shop_id bigint not null references sync.shops on delete cascade,
  kind text not null references sync.kinds,
  mode text not null,
  primary key (shop_id, kind),
  constraint mode_is_known check (mode in ('off', 'flag', 'fix'))
);
comment on table sync.corrections is
'What passes do about what a shop holds wrongly: off, they do not look; flag, they note it; fix, as where there is no row: '
'they put it right as well.';
