-- A run has read all levels of a shop: if it began after they became doubtful, they can be trusted again.
create or replace function sync.trust_levels(p_shop_id bigint, p_tick bigint) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  update sync.writers as w set unread_since = null where w.shop_id = p_shop_id and w.unread_since < p_tick;
  if found then
    perform sync.clear_alert('levels_unread', p_shop_id);
    perform sync.notify_listeners('sync_changes');
  end if;
end $$;
comment on function sync.trust_levels(bigint, bigint) is 'A run has read all levels of a shop since a tick.';
