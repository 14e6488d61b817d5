-- Guarantees that the end of a run is an event.
create or replace function sync.runs_note() returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  if new.state not in ('running', coalesce(old.state, 'running')) then
    perform sync.note_event(
      new.shop_id, 'run_finished', new.kind, concat_ws(': ', format('%s %s', new.kind, new.state), new.error),
      jsonb_build_object('run_id', new.id, 'state', new.state, 'result', new.result)
    );
  end if;
  return null;
end $$;
comment on function sync.runs_note() is 'Note the end of a run.';

create or replace trigger runs_note after insert or update of state on sync.runs
for each row execute function sync.runs_note();
