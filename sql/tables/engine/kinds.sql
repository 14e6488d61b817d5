create table sync.kinds (
  kind text primary key,
  entity text not null,
  lanes smallint not null default 4,
  batch_size integer not null default 250,
  bulk_size integer,
  bulk_above double precision not null default 30,
  keep integer not null default 0,
  scopes text[] not null default '{}',
  reads text[] not null default '{products}',
  parts text not null,
  present text not null,
  lost text not null,
  -- A key's lane is a part of the bits of its hash.
  constraint lanes_are_a_power_of_two check (lanes in (1, 2, 4, 8, 16)),
  constraint kind_is_a_word check (kind ~ '^[a-z_]+$'),
  constraint batch_is_not_empty check (batch_size > 0),
  constraint bulk_is_not_empty check (bulk_size > 0),
  constraint keep_is_not_negative check (keep >= 0)
);
comment on table sync.kinds is
'What travels between the warehouse and a shop: each kind has lanes, a guard and plans of its own.';
comment on column sync.kinds.entity is 'Whose captured changes may make keys of this kind pending.';
comment on column sync.kinds.batch_size is 'Keys that a job takes at once, and entries of a request at most.';
comment on column sync.kinds.bulk_size is
'Keys that a bulk operation pushes at most, in a lane of their own behind the others; null: it is not pushed by them.';
comment on column sync.kinds.bulk_above is
'So many seconds single calls may wait for points before bulk operations read or push instead.';
comment on column sync.kinds.keep is 'Points of a shop''s budget that it leaves to kinds that are more urgent.';
comment on column sync.kinds.scopes is 'What an app must be granted for this kind.';
comment on column sync.kinds.reads is
'Entries of the mapping that it is computed from: while one cannot be read, nothing of the kind is pushed.';
comment on column sync.kinds.parts is
'What a key consists of, in words for people; present: those that could be lost, and lost: what losing them is.';
