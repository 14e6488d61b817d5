-- A product that the warehouse has no more: archived, set to draft, deleted, or left alone, as the shop wishes. Its
-- identity is kept, for its return. The guard counts it.
create or replace function sync.prepare_removal(p_turn sync.turn, p_mode text, p_group text, p_cleared boolean)
returns setof sync.step
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_link sync.product_links;
  v_on_delete text;
begin
  select k.* into v_link
  from sync.product_links as k
  where k.shop_id = p_turn.shop_id and k.group_key = p_group;
  select c.on_delete into strict v_on_delete from sync.catalogs as c where c.shop_id = p_turn.shop_id;
  if v_link.state is null or v_link.state = 'left' then
    return;
  elsif v_link.state <> 'ok' or v_on_delete = 'ignore' then
    update sync.product_links as k set state = 'left', reason = null, changed_at = now()
    where k.shop_id = p_turn.shop_id and k.group_key = p_group and p_mode = 'live';
    return;
  elsif p_mode = 'live' and not p_cleared and sync.guard_stops(p_turn.shop_id, 'catalog', 1) then
    return next sync.a_step('held', array[p_group]);
    return;
  end if;
  return query select s.* from sync.store_removal(p_turn, p_mode, p_group) as s;
  perform sync.count_losses(p_turn, 1, 0) where p_mode = 'live' and not p_cleared;
end $$;
comment on function sync.prepare_removal(sync.turn, text, text, boolean) is
'Store the request for a product that the warehouse has no more.';
