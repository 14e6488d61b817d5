-- Where each shop shows the stock of each warehouse location. Stock without a location is a place of its own as soon as
-- there is some, or as it is mapped.
create or replace view sync.mapped_locations as
with places as (
  select l.location_key, l.name from sync.read_locations() as l
  union
  select n.location_key, 'no location' as name from sync.shop_locations as n where n.location_key = '(none)'
)

select
  h.domain as shop,
  w.location_key,
  w.name,
  m.shop_id is not null as mapped,
  o.name as location,
  h.id as shop_id,
  m.location_id
from sync.shops as h
cross join places as w
left join sync.shop_locations as m on h.id = m.shop_id and w.location_key = m.location_key
left join sync.locations as o on m.shop_id = o.shop_id and m.location_id = o.location_id;
comment on view sync.mapped_locations is
'Where each shop shows the stock of each warehouse location; mapped without a location: nowhere, by choice.';
