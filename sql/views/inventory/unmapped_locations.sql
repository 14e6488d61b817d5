-- Locations of the warehouse that a linked shop shows nowhere although nobody wants it so: not mapped, as each new one,
-- or mapped to a location that is closed in Shopify. A name may change: what is mapped is so by key and id.
create or replace view sync.unmapped_locations as
select
  n.shop,
  n.location_key,
  n.name,
  n.location,
  format(
    case
      when n.mapped then
        '%1$s is to show the stock of the warehouse''s %2$s at %3$s, which is not active in Shopify: it is not sold '
        'until that is activated, or the stock shown elsewhere.'
      else 'Nobody has said where %1$s shows the stock of the warehouse''s %2$s: nowhere, until somebody does.'
    end,
    n.shop, coalesce(n.name || ' (' || n.location_key || ')', n.location_key), n.location
  ) as message,
  (
    select format(r.remedy, n.shop, n.location_key) from sync.remedies as r
    where r.topic = case when n.mapped then 'CLOSED_LOCATION' else 'unmapped_location' end
  ) as remedy,
  n.shop_id,
  n.location_id
from sync.mapped_locations as n
inner join sync.shops as h on n.shop_id = h.id
left join sync.locations as o on n.shop_id = o.shop_id and n.location_id = o.location_id
where h.linked_at is not null and (not n.mapped or not o.is_active);
comment on view sync.unmapped_locations is
'Locations of the warehouse whose stock a linked shop shows nowhere without anybody''s choice: not mapped, or mapped to '
'a location that is not active in Shopify; each with the remedy.';
