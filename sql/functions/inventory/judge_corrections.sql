-- A reconcile run corrected: more than the rule's threshold and than twice the mean of up to ten runs before is an
-- alert, for something makes the shop wrong again and again. Fewer than three runs before are nothing to judge by.
create or replace function sync.judge_corrections(p_run_id bigint) returns boolean
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_run sync.runs;
  v_corrected integer;
  v_before record;
begin
  select r.* into strict v_run from sync.runs as r where r.id = p_run_id;
  v_corrected := coalesce((v_run.result ->> 'marked')::integer, 0);
  select count(*) as runs, avg(l.corrected) as mean, r.threshold
  into v_before
  from sync.alert_rules as r
  left join (
    select coalesce((o.result ->> 'marked')::integer, 0) as corrected
    from sync.runs as o
    where o.shop_id = v_run.shop_id and o.kind = v_run.kind and o.state = 'succeeded' and o.id < v_run.id
      and o.result ->> 'dry_run' is distinct from 'true'
    order by o.id desc
    limit 10
  ) as l on true
  where r.rule = 'corrections_rising'
  group by r.rule;
  if v_before.runs >= 3 and v_corrected > greatest(v_before.threshold, 2 * v_before.mean) then
    perform sync.raise_alert(
      'corrections_rising', v_run.shop_id, '',
      format(
        'Reconciling corrected %s products, where the %s runs before corrected %s on average.', v_corrected,
        v_before.runs, round(v_before.mean, 1)
      ),
      jsonb_build_object('run_id', v_run.id, 'corrected', v_corrected, 'causes', v_run.result -> 'causes')
    );
    return true;
  end if;
  perform sync.clear_alert('corrections_rising', v_run.shop_id);
  return false;
end $$;
comment on function sync.judge_corrections(bigint) is
'Raise or clear corrections_rising by what a reconcile run corrected; true if it was too much.';
