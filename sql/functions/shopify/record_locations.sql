-- Note a shop's locations as Shopify showed them ([{location_id, name, is_active}]). One that is gone stays as
-- inactive: levels and requests still name it.
create or replace function sync.record_locations(p_shop_id bigint, p_locations json) returns void
language sql
set search_path = pg_catalog, pg_temp
begin atomic
with shown as (
  insert into sync.locations as o (shop_id, location_id, name, is_active, read_at)
  select p_shop_id, n.location_id, n.name, n.is_active, now()
  from json_to_recordset(p_locations) as n (location_id bigint, name text, is_active boolean)
  on conflict (shop_id, location_id) do update
  set name = excluded.name, is_active = excluded.is_active, read_at = excluded.read_at
  returning o.location_id
)

update sync.locations as o
set is_active = false
where o.shop_id = p_shop_id and o.location_id not in (select s.location_id from shown as s);
end;
comment on function sync.record_locations(bigint, json) is 'Note a shop''s locations as Shopify showed them.';
