-- Who is at a run cannot go on with it: it waits again, and goes on where it was, not before some time has passed.
create or replace function sync.give_back_run(p_run_id bigint, p_attempt integer, p_error text, p_delay interval)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  if exists (select from sync.runs as r where r.id = p_run_id and r.cancel_requested_at is not null) then
    perform sync.finish_run(p_run_id, p_attempt, null, coalesce(p_error, ''));
    return;
  end if;
  update sync.runs as r
  set state = 'queued', error = p_error, due_at = now() + p_delay
  where r.id = p_run_id and r.attempt = p_attempt and r.state = 'running';
  perform sync.notify_listeners('sync_runs');
end $$;
comment on function sync.give_back_run(bigint, integer, text, interval) is
'A run waits again, to be gone on with not before some time has passed.';
