-- Raise or clear capture_gap for each watched table, and look at everything where no trigger tells what has changed: as
-- long as it has a gap; when its definition, its triggers, or what inherits from it has changed, for then rows come, go
-- and change by themselves; and when Postgres counts other rows than before and nothing was captured. Rows that were
-- rolled back are not among those, and where a key may be null a row of no product cannot be told from a missed one.
create or replace function sync.check_capture() returns integer
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_watch record;
  v_gap text;
  v_gaps integer := 0;
  v_is_changed boolean := false;
begin
  perform sync.clear_alert('capture_gap', null, a.subject)
  from sync.alerts as a
  where a.rule = 'capture_gap' and a.cleared_at is null
    and not exists (select from sync.watches as w where w.relation = a.subject and w.relid is not null);
  for v_watch in
    select
      w.watch, w.relation, w.state, g.gaps, sync.state_of(w.relid) as now_state, s.live as now_live,
      s.cleaned as now_cleaned,
      w.live <> s.live and w.cleaned = s.cleaned and w.state = sync.state_of(w.relid) and a.attnotnull
      and not exists (
        select from sync.change_log as l
        where l.watch = w.watch and l.op <> 'update' and l.relayed_at > w.checked_at - interval '15 seconds'
      )
      and not exists (select from sync.queued_changes as q where q.watch = w.watch) as is_missed
    from sync.watches as w
    left join (
      select c.relation, string_agg(c.gap, '; ' order by c.gap) as gaps from sync.capture_gaps as c group by c.relation
    ) as g on g.relation = w.relation
    left join pg_attribute as a on a.attrelid = w.relid and a.attname = w.key_column
    left join lateral (
      select
        sum(t.n_live_tup)::bigint as live,
        sum(t.vacuum_count + t.autovacuum_count + t.analyze_count + t.autoanalyze_count)::bigint as cleaned
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
    v_gap := coalesce(v_watch.gaps, case when v_watch.is_missed then 'rows came or went, and none was captured' end);
    if v_gap is null then
      perform sync.clear_alert('capture_gap', null, v_watch.relation);
    else
      v_gaps := v_gaps + 1;
      perform sync.raise_alert(
        'capture_gap', null, v_watch.relation,
        format('Changes of %s may not be captured: %s. Everything is looked at each minute.', v_watch.relation, v_gap)
      );
    end if;
    v_is_changed := v_is_changed or v_gap is not null or v_watch.now_state is distinct from v_watch.state;
    update sync.watches as w
    set state = v_watch.now_state, live = v_watch.now_live, cleaned = v_watch.now_cleaned, checked_at = clock_timestamp()
    where w.watch = v_watch.watch;
  end loop;
  if v_is_changed then
    perform sync.look_at_all('recheck');
  end if;
  return v_gaps;
end $$;
comment on function sync.check_capture() is 'Raise or clear capture_gap for each watched table; returns how many have one.';
