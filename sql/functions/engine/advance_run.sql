-- Note how far a claimed run is. Who was silent for too long has lost it to another process; one that somebody wants to
-- end is told so.
create or replace function sync.advance_run(
  p_run_id bigint, p_attempt integer, p_done integer, p_total integer, p_reached text
)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_cancel_requested_at timestamptz;
begin
  update sync.runs as r
  set done = p_done, total = p_total, reached = p_reached, advanced_at = clock_timestamp()
  where r.id = p_run_id and r.attempt = p_attempt and r.state = 'running'
  returning r.cancel_requested_at into v_cancel_requested_at;
  if not found then
    raise exception sqlstate 'SW004' using
      message = format('another process has taken over run %s', p_run_id);
  elsif v_cancel_requested_at is not null then
    raise exception sqlstate 'SW009' using message = format('run %s is to be cancelled', p_run_id);
  end if;
end $$;
comment on function sync.advance_run(bigint, integer, integer, integer, text) is 'Note how far a claimed run is.';
