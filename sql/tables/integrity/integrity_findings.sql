create table sync.integrity_findings (
  id bigint generated always as identity primary key,
  check_name text not null references sync.integrity_checks on delete cascade,
  shop_id bigint not null references sync.shops on delete cascade,
  subject text not null,
  key text not null,
  name text not null,
  message text not null,
  target text,
  first_seen_at timestamptz not null default clock_timestamp(),
  last_seen_at timestamptz not null default clock_timestamp(),
  repaired_at timestamptz,
  ended_at timestamptz
);
create unique index integrity_findings_open_idx on sync.integrity_findings (check_name, shop_id, subject, key)
where ended_at is null;
create index integrity_findings_ended_at_idx on sync.integrity_findings (ended_at) where ended_at is not null;
comment on table sync.integrity_findings is
'What checks have found: one open row per check, shop and thing, until the check does not find it any more.';
comment on column sync.integrity_findings.subject is
'What kind of thing it is; check: the check itself has failed, and what it had found before is as it was.';
comment on column sync.integrity_findings.target is 'What the repair takes; null: it cannot put this one right.';
comment on column sync.integrity_findings.repaired_at is 'When its repair was asked for last.';
