-- Guarantees that the end of a run is an event, and that what a reconcile run corrected is judged.
create or replace function sync.runs_note() returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  if new.state in ('running', coalesce(old.state, 'running')) then
    return null;
  end if;
  perform sync.note_event(
    new.shop_id, 'run_finished', new.kind, concat_ws(': ', format('%s %s', new.kind, new.state), new.error),
    jsonb_build_object('run_id', new.id, 'state', new.state, 'result', new.result)
  );
  if new.kind = 'reconcile_inventory' and new.state = 'succeeded' and new.result ->> 'dry_run' is distinct from 'true' then
    perform sync.judge_corrections(new.id);
  end if;
  return null;
end $$;
comment on function sync.runs_note() is 'Note the end of a run; judge what a reconcile run corrected.';

create or replace trigger runs_note after insert or update of state on sync.runs
for each row execute function sync.runs_note();
