-- What a pass found wrong of products at Shopify and what is neither corrected nor come right since.
create or replace view sync.open_product_discrepancies as
select
  h.domain as shop,
  d.entity,
  d.key,
  k.sku,
  d.field,
  d.expected,
  d.found,
  d.cause,
  p.since as pending_since,
  d.first_seen_at,
  d.last_seen_at,
  d.run_id
from sync.field_discrepancies as d
inner join sync.shops as h on d.shop_id = h.id
left join sync.links as k on d.shop_id = k.shop_id and d.key = k.product_key and d.entity = 'variant'
left join lateral (
  select m.group_key from sync.catalog_variants as m
  where m.shop_id = d.shop_id and m.product_key = d.key and d.entity = 'variant'
  order by m.variant_id desc
  limit 1
) as m on true
left join sync.pending as p
  on d.shop_id = p.shop_id and p.kind = 'catalog' and coalesce(m.group_key, d.key) = p.key
where d.corrected_at is null and d.vanished_at is null;
comment on view sync.open_product_discrepancies is
'Fields of products that a pass found wrong and that are neither corrected nor come right since; without a field: the '
'product or variant is not there, or should not be.';
