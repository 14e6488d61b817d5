-- Look at what nobody tells: changes that have waited too long, many new refusals, tables that are not captured any
-- more, runs whose process is gone. Runs every minute by schedule. What waits because its shop is off or held does not
-- wait too long.
create or replace function sync.watch_alerts() returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_late interval;
  v_many integer;
  v_seen record;
begin
  select make_interval(mins => r.threshold) into v_late from sync.alert_rules as r where r.rule = 'oldest_pending';
  select r.threshold into v_many from sync.alert_rules as r where r.rule = 'refusals_open';
  for v_seen in
    select null::bigint as shop_id, 'queue' as subject, 'changes wait for the relay' as what, count(*), min(q.changed_at)
    from sync.queued_changes as q
    union all
    select h.id, '', 'products are not acknowledged by ' || h.domain, count(p.key), min(p.since)
    from sync.shops as h
    left join sync.pending as p on h.id = p.shop_id and sync.held_back(h.id, p.kind) is null
    group by h.id
  loop
    if v_seen.min < clock_timestamp() - v_late then
      perform sync.raise_alert(
        'oldest_pending', v_seen.shop_id, v_seen.subject,
        format(
          '%s %s, the oldest since %s UTC.', v_seen.count, v_seen.what,
          to_char(v_seen.min at time zone 'UTC', 'YYYY-MM-DD HH24:MI')
        ),
        jsonb_build_object('pending', v_seen.count, 'since', v_seen.min)
      );
    else
      perform sync.clear_alert('oldest_pending', v_seen.shop_id, v_seen.subject);
    end if;
  end loop;
  for v_seen in
    select h.id, h.domain, count(f.id)
    from sync.shops as h
    left join sync.refusals as f on h.id = f.shop_id and f.first_at > clock_timestamp() - interval '1 hour'
    group by h.id
  loop
    if v_seen.count > v_many then
      perform sync.raise_alert(
        'refusals_open', v_seen.id, '', format('%s refused within the last hour for %s.', v_seen.count, v_seen.domain),
        jsonb_build_object('refusals', v_seen.count)
      );
    else
      perform sync.clear_alert('refusals_open', v_seen.id);
    end if;
  end loop;
  perform sync.watch_subjects();
  perform sync.watch_tasks();
  perform sync.end_silent_runs();
  perform sync.check_capture();
end $$;
comment on function sync.watch_alerts() is
'Raise or clear the alerts that nothing else tells: changes that wait too long, many new refusals, gaps of capture.';
