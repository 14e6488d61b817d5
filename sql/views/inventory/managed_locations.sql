-- The Shopify locations whose numbers are ours: those that are mapped, and those that were. What a location no longer
-- shows must become 0 there, or the same units would be offered twice. One that is not active offers nothing, and gets
-- nothing until it is: the stock that it is to show is an alert meanwhile (unmapped_locations).
create or replace view sync.managed_locations as
select o.shop_id, o.location_id
from sync.locations as o
where o.is_active and (o.is_managed or exists (
  select from sync.shop_locations as m where m.shop_id = o.shop_id and m.location_id = o.location_id
));
comment on view sync.managed_locations is
'The active Shopify locations whose numbers are ours: mapped now, or pushed to before.';
