-- Ask the engine to put right what a check has found in a shop, as far as that is safe. Nothing is written here: keys
-- become pending, and go the way of all. p_run_id is the run that wants it. Returns how many findings it takes.
create or replace function sync.repair_findings(p_shop_id bigint, p_name text, p_run_id bigint)
returns integer
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_repair text;
  v_targets text[];
  v_found integer;
begin
  with asked as (
    update sync.integrity_findings as f
    set repaired_at = clock_timestamp()
    from sync.integrity_checks as c
    where c.name = p_name and c.is_enabled and c.is_safe
      and f.check_name = c.name and f.shop_id = p_shop_id and f.ended_at is null and f.target is not null
    returning c.repair, f.target
  )

  select min(a.repair), array_agg(distinct a.target), count(*) into v_repair, v_targets, v_found from asked as a;
  if v_found > 0 then
    perform sync.repair_keys(v_repair, p_shop_id, v_targets, p_run_id);
    perform sync.note_event(
      p_shop_id, 'issues_repaired', p_name, format('The repair of %s issues was asked for: %s.', v_found, v_repair)
    );
  end if;
  return v_found;
end $$;
comment on function sync.repair_findings(bigint, text, bigint) is
'Ask the engine to put right what a check has found, as far as that is safe; returns how many findings it takes.';
