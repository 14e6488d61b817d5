-- An alert for each location of the warehouse that a shop shows nowhere without anybody's choice, the first twenty of
-- many, until it is decided or gone. Runs when a shop is linked, reconciled or mapped. Without any location a warehouse
-- is not attached: then nothing is known.
create or replace function sync.watch_locations(p_shop_id bigint) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  if not exists (select from sync.mapped_locations as m where m.shop_id = p_shop_id) then
    return;
  end if;
  perform sync.renew_alerts('unmapped_location', p_shop_id, (
    select jsonb_agg(
      jsonb_build_object(
        'subject', u.location_key, 'message', u.message,
        'detail', jsonb_build_object('name', u.name, 'location', u.location)
      )
      order by u.location_key
    )
    from sync.unmapped_locations as u
    where u.shop_id = p_shop_id
  ));
end $$;
comment on function sync.watch_locations(bigint) is
'Raise or clear unmapped_location for each location of the warehouse that a shop shows nowhere without a choice.';
