-- Empty a queue of what a snapshot has seen: truncated if no writer holds it at this instant and nothing came since,
-- deleted row by row otherwise. A writer never waits for this.
create or replace function sync.empty_queue(p_queue bigint, p_seen pg_snapshot) returns text
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_queue text := format('sync.change_queue_%s', p_queue);
  v_is_late boolean;
begin
  if pg_relation_size(v_queue) = 0 then
    return 'empty';
  end if;
  begin
    if current_setting('transaction_isolation') <> 'read committed' then
      raise lock_not_available;  -- a snapshot that stays does not show who came since
    end if;
    execute format('lock table %s in access exclusive mode nowait', v_queue);
    -- Only now is it certain that every writer who went there has committed. What we see of a transaction that is not
    -- yet to come: rows restored from a dump of another server.
    execute format(
      'select exists (select from %s where not pg_visible_in_snapshot(xid, $1) '
      'and xid < pg_snapshot_xmax(pg_current_snapshot()))', v_queue
    )
    into v_is_late using p_seen;
    if v_is_late then
      raise lock_not_available;  -- gives up the lock
    end if;
    execute format('truncate %s', v_queue);
    return 'truncated';
  exception when lock_not_available then
    null;
  end;
  execute format(
    'delete from %s where pg_visible_in_snapshot(xid, $1) or xid >= pg_snapshot_xmax(pg_current_snapshot())', v_queue
  ) using p_seen;
  return 'deleted';
end $$;
comment on function sync.empty_queue(bigint, pg_snapshot) is
'Empty a change queue of what a snapshot has seen: empty, truncated or deleted.';
