-- Raise or clear capture_gap for each watched table, by its triggers. Where Postgres has counted rows that were
-- inserted or deleted since the last look, and nothing was captured, triggers had been off meanwhile, or the work was
-- rolled back: everything is looked at, and it is an event.
create or replace function sync.check_capture() returns integer
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_watch record;
  v_gaps integer := 0;
begin
  for v_watch in
    select
      w.watch, w.relation, w.written, w.checked_at, g.gaps, s.written as now_written,
      exists (
        select from sync.change_log as l
        where l.watch = w.watch and l.op <> 'update' and l.relayed_at > w.checked_at - interval '10 seconds'
      ) or exists (
        select from sync.queued_changes as q where q.watch = w.watch
      ) as is_captured
    from sync.watches as w
    left join (
      select c.relation, string_agg(c.gap, '; ' order by c.gap) as gaps from sync.capture_gaps as c group by c.relation
    ) as g on g.relation = w.relation
    left join lateral (
      select sum(t.n_tup_ins + t.n_tup_del)::bigint as written
      from pg_stat_all_tables as t
      where t.relid = w.relid or t.relid in (
        with recursive below (oid) as (
          select i.inhrelid from pg_inherits as i where i.inhparent = w.relid
          union
          select i.inhrelid from pg_inherits as i join below as b on b.oid = i.inhparent
        )
        select b.oid from below as b
      )
    ) as s on true
    where w.relid is not null
    order by w.watch
  loop
    if v_watch.gaps is not null then
      v_gaps := v_gaps + 1;
      perform sync.raise_alert(
        'capture_gap', null, v_watch.relation,
        format('Changes of %s may not be captured: %s.', v_watch.relation, v_watch.gaps)
      );
    else
      perform sync.clear_alert('capture_gap', null, v_watch.relation);
      if v_watch.now_written > v_watch.written and not v_watch.is_captured then
        perform sync.note_event(
          null, 'capture_gap', v_watch.relation,
          format(
            '%s rows of %s were inserted or deleted and none was captured: rolled back, or its triggers were off '
            'meanwhile. Everything is looked at.', v_watch.now_written - v_watch.written, v_watch.relation
          ),
          jsonb_build_object('rows', v_watch.now_written - v_watch.written)
        );
        perform sync.look_at_all('recheck');
      end if;
    end if;
    update sync.watches as w set written = v_watch.now_written, checked_at = clock_timestamp()
    where w.watch = v_watch.watch;
  end loop;
  return v_gaps;
end $$;
comment on function sync.check_capture() is 'Raise or clear capture_gap for each watched table; returns how many have one.';
