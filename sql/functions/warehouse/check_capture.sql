-- Raise or clear capture_gap for each watched table, and look at everything where no trigger tells what has changed: as
-- long as there is a gap; when a table's definition, its triggers, or what inherits from it has changed, for then rows
-- come, go and change by themselves; and when Postgres has counted rows that were inserted or deleted since the last
-- look and nothing was captured: they were rolled back, or triggers had been off meanwhile. Each but a gap is an event.
create or replace function sync.check_capture() returns integer
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_watch record;
  v_found text;
  v_gaps integer := 0;
  v_is_whole boolean := false;
begin
  perform sync.clear_alert('capture_gap', null, a.subject)
  from sync.alerts as a
  where a.rule = 'capture_gap' and a.cleared_at is null
    and not exists (select from sync.watches as w where w.relation = a.subject and w.is_watched);
  for v_watch in
    select
      w.watch, w.relation, w.state, w.written, g.gaps, sync.state_of(n.tableoid) as now_state, s.written as now_written,
      s.written > w.written and not exists (
        select from sync.change_log as l where l.watch = w.watch and l.op <> 'update' and l.id > w.log_ids[2]
      ) and not exists (
        select from sync.queued_changes as q where q.watch = w.watch
      ) as is_missed
    from sync.watches as w
    join sync.watched_tables as n on n.watch = w.watch
    left join (
      select c.relation, string_agg(c.gap, '; ' order by c.gap) as gaps from sync.capture_gaps as c group by c.relation
    ) as g on g.relation = w.relation
    left join lateral (
      -- By each table's own counters: pg_stat_all_tables would be made anew, of every table there is, for each watch.
      with recursive tree (oid) as (
        select n.tableoid
        union
        select i.inhrelid from pg_inherits as i join tree as t on t.oid = i.inhparent
      )
      select sum(pg_stat_get_tuples_inserted(t.oid) + pg_stat_get_tuples_deleted(t.oid))::bigint as written
      from tree as t
    ) as s on true
    order by w.watch
  loop
    if v_watch.gaps is null then
      perform sync.clear_alert('capture_gap', null, v_watch.relation);
    else
      v_gaps := v_gaps + 1;
      perform sync.raise_alert(
        'capture_gap', null, v_watch.relation,
        format(
          'Changes of %s may not be captured: %s. Everything is looked at each minute.', v_watch.relation, v_watch.gaps
        )
      );
    end if;
    v_found := case
      when v_watch.now_state is distinct from v_watch.state then
        format('The definition of %s, or its triggers, have changed. Everything is looked at.', v_watch.relation)
      when v_watch.gaps is null and v_watch.is_missed then
        format(
          '%s rows of %s were inserted or deleted and none was captured: rolled back, or its triggers were off '
          'meanwhile. Everything is looked at.', v_watch.now_written - v_watch.written, v_watch.relation
        )
    end;
    if v_found is not null then
      perform sync.note_event(
        null, 'capture_gap', v_watch.relation, v_found,
        jsonb_build_object('rows', v_watch.now_written - v_watch.written)
      );
    end if;
    v_is_whole := v_is_whole or v_watch.gaps is not null or v_found is not null;
    update sync.watches as w
    set
      state = v_watch.now_state,
      written = v_watch.now_written,
      log_ids = array[coalesce(pg_sequence_last_value('sync.change_log_id_seq'), 0), w.log_ids[1]]
    where w.watch = v_watch.watch;
  end loop;
  if v_is_whole then
    perform sync.look_at_all('recheck');
  end if;
  return v_gaps;
end $$;
comment on function sync.check_capture() is 'Raise or clear capture_gap for each watched table; returns how many have one.';
