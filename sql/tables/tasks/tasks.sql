create table sync.tasks (
  id bigint generated always as identity primary key,
  shop_id bigint references sync.shops on delete cascade,
  kind text not null,
  subject text not null default '',
  message text not null,
  remedy text not null,
  source text not null,
  opened_at timestamptz not null default clock_timestamp(),
  done_at timestamptz,
  done_by text,
  note text,
  constraint done_by_somebody check ((done_at is null) = (done_by is null))
);
create unique index tasks_open_idx on sync.tasks (kind, coalesce(shop_id, 0), subject) where done_at is null;
create index tasks_done_at_idx on sync.tasks (done_at);
comment on table sync.tasks is
'What a person has to do, since no repair of ours is safe: one open row per kind, shop and subject.';
comment on column sync.tasks.shop_id is 'Null: the whole house.';
comment on column sync.tasks.kind is 'What is wrong; subject: of what, such as variant 17.';
comment on column sync.tasks.source is 'What has opened it, such as integrity: it closes it as well, once the reason is gone.';
comment on column sync.tasks.done_by is 'Who said that it is done; its source: the reason was found gone. note: what was said.';
