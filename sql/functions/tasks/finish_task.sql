-- Somebody says that a task is done. What is found to be wrong still is a task again, a new one.
create or replace function sync.finish_task(p_task_id bigint, p_by text, p_note text default null) returns boolean
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  update sync.tasks as t
  set done_at = clock_timestamp(), done_by = p_by, note = p_note
  where t.id = p_task_id and t.done_at is null;
  if not found then
    return false;
  end if;
  perform sync.watch_tasks();
  return true;
end $$;
comment on function sync.finish_task(bigint, text, text) is 'Note that a task is done; false if it is not open.';
