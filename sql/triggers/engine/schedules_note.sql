-- Guarantees that a schedule that failed is an alert until it succeeds or is to run at other times, and that a changed
-- schedule is an event.
create or replace function sync.schedules_note() returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  if (new.expression, new.is_enabled) is distinct from (old.expression, old.is_enabled) then
    perform sync.note_event(
      new.shop_id, 'schedule_changed', new.name,
      format('%s %s, before: %s %s', new.expression, case when new.is_enabled then 'enabled' else 'disabled' end,
        old.expression, case when old.is_enabled then 'enabled' else 'disabled' end)
    );
  end if;
  if (new.last_run_at, new.last_error) is distinct from (old.last_run_at, old.last_error) then
    if new.last_error is not null then
      perform sync.raise_alert(
        'run_failed', new.shop_id, new.name, format('The schedule %s failed: %s', new.name, new.last_error)
      );
    else
      perform sync.clear_alert('run_failed', new.shop_id, new.name);
    end if;
  end if;
  return null;
end $$;
comment on function sync.schedules_note() is 'Raise or clear run_failed, and note changes of a schedule.';

create or replace trigger schedules_note after update on sync.schedules
for each row execute function sync.schedules_note();
