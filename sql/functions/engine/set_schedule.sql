-- Say when a schedule runs, and whether, everywhere or in one shop; null leaves that as it is. Guarantees that an
-- error of the expression before is forgotten: how the new one ends is not known yet. False: there is none of this
-- name, or it does not ask for runs and so is the same for all shops.
create or replace function sync.set_schedule(
  p_name text, p_expression text, p_is_enabled boolean, p_shop_id bigint default null
)
returns boolean
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  if p_shop_id is not null then
    insert into sync.schedules (name, shop_id, expression, is_enabled, description, run_kind, args)
    select s.name, p_shop_id, s.expression, s.is_enabled, s.description, s.run_kind, s.args
    from sync.schedules as s
    where s.name = p_name and s.shop_id is null and s.run_kind is not null
    on conflict (name, shop_id) do nothing;
  end if;
  update sync.schedules as s
  set
    expression = coalesce(p_expression, s.expression),
    is_enabled = coalesce(p_is_enabled, s.is_enabled),
    last_error = case when coalesce(p_expression, s.expression) = s.expression then s.last_error end
  where s.name = p_name and s.shop_id is not distinct from p_shop_id;
  return found;
end $$;
comment on function sync.set_schedule(text, text, boolean, bigint) is
'Say when a schedule runs, and whether, everywhere or in one shop; false if there is none.';
