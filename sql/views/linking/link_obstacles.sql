-- Linked or not, what keeps a product's numbers from its variant, or will: no variant is the product's, the variant has
-- another SKU by now, or Shopify does not track it.
create or replace view sync.link_obstacles as
select
  k.shop_id,
  k.product_key,
  k.sku,
  case k.state when 'ok' then 'CHANGED_SKU' when 'broken' then 'LINK_BROKEN' else 'LINK_AMBIGUOUS' end as class,
  k.reason as message,
  k.changed_at as first_at,
  k.changed_at as last_at
from sync.links as k
where k.reason is not null and k.state <> 'left'
union all
select
  k.shop_id, k.product_key, k.sku, 'UNTRACKED' as class,
  format('Shopify does not track the quantity of %s and sells it whatever its stock.', v.title) as message,
  k.changed_at, v.read_at
from sync.variants as v
inner join sync.links as k on v.shop_id = k.shop_id and v.inventory_item_id = k.inventory_item_id
where not v.tracked;
comment on view sync.link_obstacles is
'Products that no variant is of, or one with another SKU by now, or one that Shopify does not track; each with its class.';
