-- Guarantees that what a reconcile run corrected is judged, whoever ends it.
create or replace function sync.runs_judge() returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  perform sync.judge_corrections(new.id);
  return null;
end $$;
comment on function sync.runs_judge() is 'Judge what a reconcile run corrected.';

create or replace trigger runs_judge after update of state on sync.runs
for each row
when (
  new.kind = 'reconcile_inventory' and new.state = 'succeeded' and old.state <> 'succeeded'
  and new.result ->> 'dry_run' is distinct from 'true'
)
execute function sync.runs_judge();
