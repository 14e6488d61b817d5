create table sync.circuits (
  shop_id bigint not null references sync.shops on delete cascade,
  kind text not null default '',
  document text,
  state text not null default 'closed',
  failures integer not null default 0,
  failed_at timestamptz not null default clock_timestamp(),
  class text not null,
  message text not null,
  opened_at timestamptz,
  probes integer not null default 0,
  next_probe_at timestamptz,
  probe_job_id bigint,
  primary key (shop_id, kind),
  constraint state_is_known check (state in ('closed', 'open', 'half-open')),
  constraint an_open_circuit_has_a_next_probe check (
    state = 'closed' or (opened_at is not null and next_probe_at is not null)
  )
);
comment on table sync.circuits is
'Shops that failed: while a circuit is open nothing is packed for its shop, and one job at a time probes it. No row: closed.';
comment on column sync.circuits.kind is
'Empty: every call of the shop fails. Otherwise only this kind waits: Shopify does not take its document.';
comment on column sync.circuits.document is 'That document.';
comment on column sync.circuits.class is 'Of the last failure, with its message.';
comment on column sync.circuits.failures is 'In a row, each within five minutes of the one before.';
