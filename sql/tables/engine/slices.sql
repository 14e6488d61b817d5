-- What a pass of the relay has left for the next ones, since it concerns more keys than one may look at.
create table sync.slices (
  id bigint generated always as identity primary key,
  shop_id bigint not null references sync.shops on delete cascade,
  entity text not null,
  kind text references sync.kinds on delete cascade,
  feeds text[],
  keys text[],
  since timestamptz[] not null,
  waits_for text,
  waits_since timestamptz,
  constraint waits_for_something check ((waits_for is null) = (waits_since is null))
);
-- Everything is looked at once, however often that is asked for before it has begun.
create unique index slices_whole_idx on sync.slices (shop_id, entity) where kind is null and keys is null;
comment on table sync.slices is
'Keys that the relay has still to look at, in this order: of changes that concern more keys than one pass may take, or '
'that could not be read yet.';
comment on column sync.slices.kind is 'Null: links follow first, and then each kind of the entity gets slices of its own.';
comment on column sync.slices.feeds is 'Entries of the mapping that may read otherwise by it, as watches.feeds; null: any.';
comment on column sync.slices.keys is
'Null: all there are. Empty: the end of a stroke, whose keys gather in sync.pending outside of the lanes until now.';
comment on column sync.slices.since is 'When each of the keys changed; of all keys the first.';
comment on column sync.slices.waits_for is 'The entry of the mapping that could not be read since waits_since, for a lock or for its length.';
