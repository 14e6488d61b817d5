-- Units of every product at every warehouse location, counted from the warehouse's own rows.
create or replace view sync.available_inventory as
select
  i.product_key,
  p.sku,
  p.title,
  i.location_key,
  l.name as location,
  sync.whole_units(sum(i.units) filter (where i.state = 'available')) as available,
  sync.whole_units(sum(i.units) filter (where i.state = 'reserved')) as reserved,
  sync.whole_units(sum(i.units) filter (where i.state = 'committed')) as committed
from sync.source_items as i
left join sync.source_products as p on i.product_key = p.product_key
left join sync.source_locations as l on i.location_key = l.location_key
group by i.product_key, p.sku, p.title, i.location_key, l.name;
comment on view sync.available_inventory is
'Units of every product at every warehouse location: available, reserved and committed.';
