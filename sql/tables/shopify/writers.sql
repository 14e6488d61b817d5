create table sync.writers (
  shop_id bigint primary key references sync.shops on delete cascade,
  installation uuid not null default gen_random_uuid(),
  home text not null default sync.home(),
  mark uuid,
  sent uuid,
  digest text,
  owner text,
  confirmed_at timestamptz not null default '-infinity',
  beat_at timestamptz not null default '-infinity',
  doubted uuid,
  doubted_at timestamptz,
  other jsonb,
  was_live boolean not null default false,
  error text,
  silent_since timestamptz,
  unread_since bigint
);
comment on table sync.writers is
'Who writes to a shop: each installation of Shelfwire that does leaves a mark there, a metafield of the app, and renews '
'it every 20 seconds. Whoever finds the mark of somebody else there writes nothing.';
comment on column sync.writers.installation is 'Who we are there. Adopting the shop gives another one.';
comment on column sync.writers.home is 'Where this database was when it became the writer, see home(): a copy is elsewhere.';
comment on column sync.writers.mark is 'Our mark as the shop last acknowledged it, with its digest; sent: one whose answer we may not know.';
comment on column sync.writers.confirmed_at is 'When the shop last held our mark.';
comment on column sync.writers.beat_at is 'When the mark is renewed next; nobody else does before.';
comment on column sync.writers.doubted is
'A mark of our own installation that this database does not know, found at doubted_at: it was restored from a backup, '
'or there is a twin of it.';
comment on column sync.writers.other is 'What the other writer says of itself, while there is one.';
comment on column sync.writers.was_live is 'Whether the shop was live when the other writer was found.';
comment on column sync.writers.owner is 'The app''s object in the shop that holds the mark.';
comment on column sync.writers.error is 'Why the mark could not be renewed, since silent_since.';
comment on column sync.writers.unread_since is
'A tick: nothing is written before all levels were read by a run that began later. Null: they can be trusted.';
