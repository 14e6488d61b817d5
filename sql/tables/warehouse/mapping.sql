create table sync.mapping (
  is_only boolean primary key default true,
  fingerprint text not null,
  recheck interval,
  rechecked_at timestamptz not null default now(),
  attached_at timestamptz not null default now(),
  constraint at_most_one_row check (is_only),
  constraint recheck_is_positive check (recheck > interval '0')
);
comment on table sync.mapping is 'The mapping that is attached; no row while none is.';
comment on column sync.mapping.fingerprint is 'Of all that attach has rendered.';
comment on column sync.mapping.recheck is
'How often everything is looked at although nothing was written, for selects that depend on the time.';
