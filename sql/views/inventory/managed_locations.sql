-- The Shopify locations whose numbers are ours: those that are mapped, and those that were. What a location no longer
-- shows must become 0 there, or the same units would be offered twice.
create or replace view sync.managed_locations as
select shop_id, location_id from sync.shop_locations where location_id is not null
union
select shop_id, location_id from sync.locations where is_managed;
comment on view sync.managed_locations is 'The Shopify locations whose numbers are ours: mapped now, or pushed to before.';
