-- Runs that have made all pending wait until it is acknowledged or refused: count how far they are, and end those that
-- wait for nothing more. No process holds them meanwhile. A key that a later run wants as well is that one's.
-- Returns how many still wait.
create or replace function sync.follow_runs() returns integer
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_run sync.runs;
  v_left integer;
  v_failed integer;
  v_waiting integer := 0;
begin
  for v_run in
    select r.* from sync.runs as r
    where r.state = 'running' and r.marked_at is not null
    order by r.id
    for no key update skip locked
  loop
    select count(*) into v_left
    from sync.pending as p where p.shop_id = v_run.shop_id and p.run_id = v_run.id;
    -- Refused once, and sent since.
    delete from sync.run_failures as f
    where f.run_id = v_run.id and not exists (
      select from sync.refusals as o
      where o.shop_id = v_run.shop_id and o.kind = f.kind and o.key = f.key and o.part = f.part
    );
    select count(distinct (f.kind, f.key)) into v_failed from sync.run_failures as f where f.run_id = v_run.id;
    update sync.runs as r
    set
      total = greatest(r.total, v_left), done = greatest(r.total, v_left) - v_left, failed = v_failed,
      advanced_at = clock_timestamp()
    where r.id = v_run.id;
    if v_left = 0 then
      perform sync.finish_run(
        v_run.id, v_run.attempt,
        coalesce(v_run.result, '{}') || jsonb_build_object(
          'marked', v_run.total, 'acknowledged', v_run.total - v_failed, 'failed', v_failed
        ), null
      );
    else
      v_waiting := v_waiting + 1;
    end if;
  end loop;
  return v_waiting;
end $$;
comment on function sync.follow_runs() is
'Count how far the runs are that wait for their keys, and end those that wait no more; returns how many still wait.';
