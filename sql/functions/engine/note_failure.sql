-- A job failed for a reason that may hold for every call of its shop. The fifth such failure in a row, each within
-- five minutes of the one before (a job's tries may all wait for an answer in vain), opens the shop's circuit; so
-- does, at once, p_refused: the shop or the token is the reason. With p_kind it is a document of that kind that Shopify
-- does not take: only the kind's own circuit opens. A probe that fails doubles the wait for the next, up
-- to a minute. Jobs that began before the circuit opened change nothing.
create or replace function sync.note_failure(
  p_shop_id bigint, p_job_id bigint, p_class text, p_message text, p_refused boolean default false,
  p_kind text default '', p_document text default null
)
returns text
language sql
set search_path = pg_catalog, pg_temp
begin atomic
insert into sync.circuits as c (
  shop_id, kind, document, state, failures, class, message, opened_at, next_probe_at
)
select
  h.id, p_kind, p_document, case when p_refused then 'open' else 'closed' end, 1, p_class, p_message,
  case when p_refused then clock_timestamp() end,
  case when p_refused then clock_timestamp() + interval '1 second' * (0.5 + random()) end
from sync.shops as h where h.id = p_shop_id
on conflict (shop_id, kind) do update
set
  failures = case
    when c.state = 'closed' and c.failed_at < clock_timestamp() - interval '5 minutes' then 1
    when c.state = 'open' then c.failures
    else c.failures + 1
  end,
  failed_at = clock_timestamp(),
  class = p_class,
  message = p_message,
  document = p_document,
  state = case
    when c.state = 'half-open' and c.probe_job_id = p_job_id then 'open'
    when c.state <> 'closed' then c.state
    when p_refused or (c.failures >= 4 and c.failed_at >= clock_timestamp() - interval '5 minutes') then 'open'
    else 'closed'
  end,
  opened_at = case when c.state = 'closed' then clock_timestamp() else c.opened_at end,
  probes = case when c.state = 'half-open' and c.probe_job_id = p_job_id then c.probes + 1 else c.probes end,
  next_probe_at = case
    when c.state = 'closed' or (c.state = 'half-open' and c.probe_job_id = p_job_id)
      then clock_timestamp() + interval '1 second' * least(60, 2.0 ^ least(c.probes, 6)) * (0.5 + random())
    else c.next_probe_at
  end
returning state;
end;
comment on function sync.note_failure(bigint, bigint, text, text, boolean, text, text) is
'A job failed for a reason that may hold for every call of its shop, or of a kind; returns the state of the circuit.';
