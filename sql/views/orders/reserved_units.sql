-- Units that orders of a shop have reserved and the warehouse still counts: sold, so no other shop may offer them.
create or replace view sync.reserved_units as
select
  r.shop_id,
  r.product_key,
  r.location_key,
  sum(r.units) as units
from sync.reservations as r
where not r.is_written
group by r.shop_id, r.product_key, r.location_key;
comment on view sync.reserved_units is 'Units that orders of a shop have reserved and the warehouse still counts.';
