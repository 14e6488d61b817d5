-- An alert for each location of the warehouse that a shop shows nowhere without anybody's choice, the first twenty of
-- many, until it is decided or gone. Runs when a shop is linked, reconciled or mapped. Without any location a warehouse
-- is not attached: then nothing is known.
create or replace function sync.watch_locations(p_shop_id bigint) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_seen record;
begin
  if not exists (select from sync.mapped_locations as m where m.shop_id = p_shop_id) then
    return;
  end if;
  for v_seen in
    select coalesce(n.location_key, a.subject) as subject, n.message, n.name, n.location, n.number
    from (
      select u.*, row_number() over (order by u.location_key) as number
      from sync.unmapped_locations as u
      where u.shop_id = p_shop_id
    ) as n
    full join (
      select o.subject from sync.alerts as o
      where o.rule = 'unmapped_location' and o.shop_id = p_shop_id and o.cleared_at is null
    ) as a on n.location_key = a.subject
    order by 1
  loop
    if v_seen.message is null then
      perform sync.clear_alert('unmapped_location', p_shop_id, v_seen.subject);
    elsif v_seen.number <= 20 then
      perform sync.raise_alert(
        'unmapped_location', p_shop_id, v_seen.subject, v_seen.message,
        jsonb_build_object('name', v_seen.name, 'location', v_seen.location)
      );
    end if;
  end loop;
end $$;
comment on function sync.watch_locations(bigint) is
'Raise or clear unmapped_location for each location of the warehouse that a shop shows nowhere without a choice.';
