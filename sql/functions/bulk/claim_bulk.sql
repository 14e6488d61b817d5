-- Take a slot for a bulk operation that waits. Shopify runs five queries and five mutations of an app in a shop at a
-- time (since 2026-01); all processes together keep to it. What the app runs beside us it tells itself (waits_for). One
-- that waits for longer goes first.
create or replace function sync.claim_bulk(p_id bigint) returns boolean
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_operation sync.bulk_operations;
begin
  -- One at a time, or two would take the last slot.
  perform from sync.locks as l where l.name = 'bulk' for update;
  select b.* into strict v_operation from sync.bulk_operations as b where b.id = p_id;
  if v_operation.state <> 'waiting' or (
    select count(*) >= 5
    from sync.bulk_operations as b
    where b.shop_id = v_operation.shop_id and b.type = v_operation.type and b.id <> p_id and (
      b.state in ('starting', 'running')
      or (b.state = 'waiting' and b.id < p_id and b.advanced_at > clock_timestamp() - interval '1 minute')
    )
  ) then
    update sync.bulk_operations as b set advanced_at = clock_timestamp() where b.id = p_id;
    return false;
  end if;
  perform set_config('synchronous_commit', 'on', true);
  update sync.bulk_operations as b
  set state = 'starting', tick = nextval('sync.ticks'), advanced_at = clock_timestamp()
  where b.id = p_id;
  return true;
end $$;
comment on function sync.claim_bulk(bigint) is 'Take a slot for a bulk operation; false if none is free.';
