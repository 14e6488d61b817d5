-- The shop answers: its circuit is closed, and the relay, which packed nothing for it meanwhile, is woken.
create or replace function sync.note_success(p_shop_id bigint) returns void
language sql
set search_path = pg_catalog, pg_temp
begin atomic
with closed as (
  update sync.circuits as c
  set state = 'closed', failures = 0, probes = 0, opened_at = null, next_probe_at = null, probe_job_id = null
  from sync.circuits as o
  where c.shop_id = p_shop_id and o.shop_id = c.shop_id and c.failures > 0
  returning o.state
)

select sync.notify_listeners('sync_changes') from closed where state <> 'closed';
end;
comment on function sync.note_success(bigint) is 'The shop answers: close its circuit and wake the relay.';
