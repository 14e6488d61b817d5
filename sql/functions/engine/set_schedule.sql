-- Say when a schedule runs, and whether; null leaves that as it is. Guarantees that an error of the expression before
-- is forgotten: how the new one ends is not known yet.
create or replace function sync.set_schedule(p_name text, p_expression text, p_is_enabled boolean) returns boolean
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  update sync.schedules as s
  set
    expression = coalesce(p_expression, s.expression),
    is_enabled = coalesce(p_is_enabled, s.is_enabled),
    last_error = case when coalesce(p_expression, s.expression) = s.expression then s.last_error end
  where s.name = p_name;
  return found;
end $$;
comment on function sync.set_schedule(text, text, boolean) is
'Say when a schedule runs, and whether; false if there is none of this name.';
