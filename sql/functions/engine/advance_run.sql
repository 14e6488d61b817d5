-- Note how far a claimed run is. Who was silent for too long has lost it to another process.
create or replace function sync.advance_run(
  p_run_id bigint, p_attempt integer, p_done integer, p_total integer, p_reached text
)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  update sync.runs
  set done = p_done, total = p_total, reached = p_reached, advanced_at = now()
  where id = p_run_id and attempt = p_attempt and state = 'running';
  if not found then
    raise exception sqlstate 'SW004' using
      message = format('another process has taken over run %s', p_run_id);
  end if;
end $$;
comment on function sync.advance_run(bigint, integer, integer, integer, text) is 'Note how far a claimed run is.';
