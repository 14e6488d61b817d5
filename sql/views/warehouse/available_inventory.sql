-- Units of every product at every warehouse location, as the mapping's selects count them now.
create or replace view sync.available_inventory as
select
  s.product_key,
  p.sku,
  p.title,
  s.location_key,
  l.name as location,
  sync.whole_units(s.available) as available,
  s.detail
from sync.describe_stock() as s
left join sync.read_products() as p on s.product_key = p.product_key
left join sync.read_locations() as l on s.location_key = l.location_key;
comment on view sync.available_inventory is
'Units available of every product at every warehouse location, with the further numbers that the mapping selects.';
