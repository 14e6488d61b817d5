-- Take rows out of jobs that are no more: lost with a runner, failed for good, or deleted by a person.
create or replace function sync.release_orphans() returns integer
language plpgsql
set search_path = pg_catalog, pg_temp
set enable_seqscan = on
as $$
declare
  v_released integer;
begin
  update sync.pending as p
  set job_id = null
  where p.job_id is not null and not exists (
    select from pgqueuer.pgqueuer as j where j.id = p.job_id and j.status in ('queued', 'picked')
  );
  get diagnostics v_released = row_count;
  return v_released;
end $$;
comment on function sync.release_orphans() is
'Take pending rows out of jobs that are no more, so that they are packed again; returns how many.';
