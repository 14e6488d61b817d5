-- Let the change queues take turns, so that dead rows never pile up where the relay must read, not even while a
-- long report holds vacuum back: when the active queue has grown, triggers go over to the other one; once the
-- first is drained it is truncated, if no writer holds it at that instant. A writer never waits for this.
create or replace function sync.rotate_queue(p_grown bigint default 1048576)
returns text
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_active bigint := pg_sequence_last_value('sync.active_queue');
  v_idle text := format('sync.change_queue_%s', 1 - v_active);
  v_drained boolean;
begin
  if pg_relation_size(v_idle) = 0 then
    if pg_relation_size(format('sync.change_queue_%s', v_active)) < p_grown then
      return 'small';
    end if;
    perform setval('sync.active_queue', 1 - v_active);
    return 'switched';
  end if;
  begin
    execute format('lock table %s in access exclusive mode nowait', v_idle);
  exception when lock_not_available then
    return 'busy';
  end;
  -- Only now is it certain that every writer who went there has committed.
  execute format('select not exists (select from %s)', v_idle) into v_drained;
  if not v_drained then
    return 'filled';
  end if;
  execute format('truncate %s', v_idle);
  return 'truncated';
end $$;
comment on function sync.rotate_queue(bigint) is
'Let the change queues take turns: small, switched, busy, filled or truncated.';
