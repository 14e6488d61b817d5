create table sync.run_failures (
  run_id bigint not null references sync.runs on delete cascade,
  kind text not null,
  key text collate "C" not null,
  part text not null default '',
  class text not null,
  message text not null,
  failed_at timestamptz not null default now(),
  primary key (run_id, kind, key, part)
);
comment on table sync.run_failures is
'What was refused of what a run has made pending. It stays when the refusal itself has ended, as long as the run is known.';
