-- Whether so much waits, of full passes and of strokes of very many keys, that single calls would take longer than a
-- kind bears: a mutation costs 10 points or more, and the shop gives back so many each second. What changes by itself
-- does not count: it goes out at once.
create or replace function sync.bulk_pays(p_shop_id bigint, p_kind text) returns boolean
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_kind sync.kinds;
  v_worth integer;
begin
  select k.* into v_kind from sync.kinds as k where k.kind = p_kind and k.bulk_size is not null;
  select ceil(v_kind.bulk_above * b.restore_rate / 10) into v_worth from sync.budgets as b where b.shop_id = p_shop_id;
  if v_kind.kind is null or v_worth is null then
    return false;
  end if;
  return (
    select count(*) from (select from sync.bulk_keys(p_shop_id, p_kind, v_kind.lanes, v_worth + 1)) as w
  ) > v_worth;
end $$;
comment on function sync.bulk_pays(bigint, text) is
'Whether so much of a kind waits that a bulk operation pays.';
