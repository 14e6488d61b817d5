-- What is looked for between a shop and the warehouse: links, and the stock that they carry.
insert into sync.integrity_checks (name, severity, description, remedy, is_safe, repair, sql) values
(
  'link_gone', 'error', 'products of the warehouse that are linked to a variant which the shop has no more',
  'Give a variant the SKU of the product in the Shopify admin, then run: shelfwire link',
  true, 'judge_links',
  $$
  select
    'link' as subject, k.product_key as key, coalesce(k.sku, k.product_key) as name,
    format('%s is linked to the variant %s, which the shop does not show.', coalesce(k.sku, k.product_key), k.variant_id)
      as message,
    k.product_key as target
  from sync.links as k
  where k.shop_id = $1 and k.state = 'ok'
    and not exists (select from sync.variants as v where v.shop_id = $1 and v.variant_id = k.variant_id)
  $$
),
(
  'product_link_gone', 'error', 'groups of the warehouse that are linked to a product which the shop has no more',
  'Nothing is to be done, if it is made anew; otherwise run: shelfwire refusals list',
  true, 'push_products',
  $$
  select
    'link' as subject, k.group_key as key, k.group_key as name,
    format('%s is linked to the product %s, which the shop does not show.', k.group_key, k.product_id) as message,
    k.group_key as target
  from sync.product_links as k
  where k.shop_id = $1 and k.state = 'ok' and exists (select from sync.products as p where p.shop_id = $1)
    and not exists (select from sync.products as p where p.shop_id = $1 and p.product_id = k.product_id)
  $$
);
insert into sync.integrity_checks (name, severity, description, remedy, sql) values
(
  'variant_linked_twice', 'error', 'variants that two products of the warehouse are linked to',
  'Give each product and its variant a SKU that nothing else has, then run: shelfwire link',
  $$
  select
    'variant' as subject, l.variant_id as key, coalesce(v.sku, v.title, l.variant_id::text) as name,
    format(
      '%s is linked to several products of the warehouse: %s.', coalesce(v.title, l.variant_id::text),
      string_agg(l.product_key, ', ' order by l.product_key)
    ) as message,
    null as target
  from (
    select k.variant_id, k.product_key from sync.links as k where k.shop_id = $1 and k.state = 'ok'
    union
    select m.variant_id, m.product_key from sync.catalog_variants as m where m.shop_id = $1
  ) as l
  left join sync.variants as v on v.shop_id = $1 and v.variant_id = l.variant_id
  group by l.variant_id, v.sku, v.title
  having count(*) > 1
  $$
),
(
  'item_untracked', 'error', 'linked variants whose quantity Shopify does not track: it sells them whatever there is',
  'In the Shopify admin open the variant and switch on "Track quantity", then run: shelfwire link',
  $$
  select
    'variant' as subject, v.variant_id as key, coalesce(v.sku, v.title) as name,
    format('Shopify does not track the quantity of %s.', v.title) as message, null as target
  from sync.variants as v
  join sync.links as k on k.shop_id = v.shop_id and k.inventory_item_id = v.inventory_item_id and k.state = 'ok'
  where v.shop_id = $1 and not v.tracked
  $$
),
(
  'level_unmapped', 'warning', 'locations that offer linked products and show no location of the warehouse',
  'Run: shelfwire shop map DOMAIN KEY=LOCATION, or set their quantities to 0 in the Shopify admin.',
  $$
  select
    'location' as subject, e.location_id as key, coalesce(o.name, e.location_id::text) as name,
    format(
      '%s offers %s units of %s linked products, and shows no location of the warehouse.',
      coalesce(o.name, e.location_id::text), sum(e.available), count(*)
    ) as message,
    null as target
  from sync.levels as e
  join sync.links as k on k.shop_id = e.shop_id and k.inventory_item_id = e.inventory_item_id and k.state = 'ok'
  left join sync.locations as o on o.shop_id = e.shop_id and o.location_id = e.location_id
  where e.shop_id = $1 and e.available > 0 and not exists (
    select from sync.shop_locations as m where m.shop_id = $1 and m.location_id = e.location_id
  )
  group by e.location_id, o.name
  $$
),
(
  'stock_unknown', 'warning', 'units that the warehouse counts of products that it does not have',
  'Its product is missing in [products] of the mapping, or has another key there. Run: shelfwire attach --check',
  $$
  select 'stock' as subject, s.key, s.key as name, s.message, null as target
  from sync.stock_oddities as s
  where s.class = 'UNKNOWN_PRODUCT'
  $$
);
