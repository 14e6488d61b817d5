-- Fields of products that a shop holds otherwise than the warehouse said when they were agreed on, as far as it was
-- seen: what the shop keeps by a rule, what waits for a person, what is on its way, and what Shopify spells in its own
-- way.
create or replace view sync.product_discrepancies as
select
  h.domain as shop,
  b.entity,
  b.key,
  k.sku,
  f.key as field,
  f.value as ours,
  b.seen -> f.key as theirs,
  case
    when c.id is not null then 'waits for a person'
    when (b.seen -> f.key) = (b.theirs -> f.key) then coalesce('kept by the rule ' || r.rule, 'spelled otherwise')
    else 'changed in the shop'
  end as reason,
  b.seen_at
from sync.field_bases as b
inner join sync.shops as h on b.shop_id = h.id
cross join lateral jsonb_each(b.ours) as f
left join sync.links as k on b.shop_id = k.shop_id and b.key = k.product_key
left join sync.field_conflicts as c
  on b.shop_id = c.shop_id and b.entity = c.entity and b.key = c.key and f.key = c.field and c.outcome is null
left join lateral (
  select o.rule from sync.field_rules as o
  where o.shop_id = b.shop_id and o.entity = b.entity and o.field in (f.key, split_part(f.key, '.', 1))
  order by length(o.field) desc
  limit 1
) as r on true
where b.entity in ('product', 'variant') and b.seen ? f.key and (b.seen -> f.key) <> f.value;
comment on view sync.product_discrepancies is
'Fields of products that a shop holds otherwise than was agreed, as last seen, each with the reason.';
