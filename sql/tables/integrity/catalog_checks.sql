-- What is looked for in the products and variants that a shop shows (sync.products, sync.variants). What was not read
-- of them is not known, and no issue.
insert into sync.integrity_checks (name, severity, description, remedy, sql) values
(
  'variant_without_product', 'warning', 'variants whose product the shop does not show',
  'Open the variant in the Shopify admin: if it is there, the app cannot read its product; if not, all is well.',
  $$
  select
    'variant' as subject, v.variant_id as key, coalesce(v.sku, v.title) as name,
    format('%s belongs to the product %s, which the shop does not show.', v.title, v.product_id) as message,
    null as target
  from sync.variants as v
  where v.shop_id = $1
    and v.read_tick <= (select max(p.read_tick) from sync.products as p where p.shop_id = $1)
    and not exists (select from sync.products as p where p.shop_id = $1 and p.product_id = v.product_id)
  $$
),
(
  'price_zero', 'error', 'variants that cost nothing, unless their product is archived',
  'Give it a price: in the warehouse, if it is the one that says so, or in the Shopify admin.',
  $$
  select
    'variant' as subject, v.variant_id as key, coalesce(v.sku, v.title) as name,
    format('%s costs nothing.', v.title) as message, null as target
  from sync.variants as v
  left join sync.products as p on p.shop_id = v.shop_id and p.product_id = v.product_id
  where v.shop_id = $1 and (v.fields ->> 'price')::numeric = 0
    and p.fields ->> 'status' is distinct from 'ARCHIVED'
  $$
),
(
  'price_missing', 'error', 'variants without a price, unless their product is archived',
  'Give it a price: in the warehouse, if it is the one that says so, or in the Shopify admin.',
  $$
  select
    'variant' as subject, v.variant_id as key, coalesce(v.sku, v.title) as name,
    format('%s has no price.', v.title) as message, null as target
  from sync.variants as v
  left join sync.products as p on p.shop_id = v.shop_id and p.product_id = v.product_id
  where v.shop_id = $1 and v.fields is not null and v.fields ->> 'price' is null
    and p.fields ->> 'status' is distinct from 'ARCHIVED'
  $$
),
(
  'price_negative', 'error', 'variants with a price below 0, unless their product is archived',
  'Give it a price: in the warehouse, if it is the one that says so, or in the Shopify admin.',
  $$
  select
    'variant' as subject, v.variant_id as key, coalesce(v.sku, v.title) as name,
    format('%s costs %s.', v.title, v.fields ->> 'price') as message, null as target
  from sync.variants as v
  left join sync.products as p on p.shop_id = v.shop_id and p.product_id = v.product_id
  where v.shop_id = $1 and (v.fields ->> 'price')::numeric < 0
    and p.fields ->> 'status' is distinct from 'ARCHIVED'
  $$
),
(
  'compare_at_below_price', 'warning', 'variants whose compare-at price is below their price: no reduction is shown',
  'Correct one of the two, or take the compare-at price away: in the warehouse, if it is the one that says so, or in '
  'the Shopify admin.',
  $$
  select
    'variant' as subject, v.variant_id as key, coalesce(v.sku, v.title) as name,
    format(
      '%s costs %s, and is said to have cost %s before.', v.title, v.fields ->> 'price', v.fields ->> 'compareAtPrice'
    ) as message,
    null as target
  from sync.variants as v
  where v.shop_id = $1 and (v.fields ->> 'compareAtPrice')::numeric < (v.fields ->> 'price')::numeric
  $$
),
(
  'sku_duplicate', 'error', 'SKUs that several variants of the shop have',
  'Give all but one of them another SKU in the Shopify admin, or in the warehouse, if it says so.',
  $$
  select
    'sku' as subject, v.sku as key, v.sku as name,
    format(
      '%s variants have the SKU %s: %s.', count(*), v.sku,
      array_to_string((array_agg(v.title order by v.variant_id))[:5], '; ')
      || case when count(*) > 5 then '; ...' else '' end
    ) as message,
    null as target
  from sync.variants as v
  where v.shop_id = $1 and v.sku is not null
  group by v.sku
  having count(*) > 1
  $$
),
(
  'sku_blank', 'warning', 'variants without a SKU: the warehouse cannot know them by it',
  'Give it the SKU of its product of the warehouse in the Shopify admin, then run: shelfwire link',
  $$
  select
    'variant' as subject, v.variant_id as key, v.title as name, format('%s has no SKU.', v.title) as message,
    null as target
  from sync.variants as v
  where v.shop_id = $1 and v.sku is null
  $$
),
(
  'barcode_duplicate', 'warning', 'barcodes that several variants of the shop have',
  'Give each of them its own barcode: in the warehouse, if it is the one that says so, or in the Shopify admin.',
  $$
  select
    'barcode' as subject, v.barcode as key, v.barcode as name,
    format(
      '%s variants have the barcode %s: %s.', count(*), v.barcode,
      array_to_string((array_agg(v.title order by v.variant_id))[:5], '; ')
      || case when count(*) > 5 then '; ...' else '' end
    ) as message,
    null as target
  from sync.variants as v
  where v.shop_id = $1 and v.barcode is not null
  group by v.barcode
  having count(*) > 1
  $$
),
(
  'barcode_blank', 'info', 'variants without a barcode',
  'Give it one: in the warehouse, if it is the one that says so, or in the Shopify admin.',
  $$
  select
    'variant' as subject, v.variant_id as key, coalesce(v.sku, v.title) as name,
    format('%s has no barcode.', v.title) as message, null as target
  from sync.variants as v
  where v.shop_id = $1 and v.barcode is null
  $$
);
insert into sync.integrity_checks (name, severity, description, remedy, is_safe, repair, sql) values
(
  'product_not_active', 'warning',
  'products that the warehouse wants to be active, or that are in stock while it says nothing of their status, but are '
  'drafts or archived',
  'Set the product to active in the Shopify admin, or take its stock away; or let the warehouse say its status.',
  true, 'push_products',
  $$
  with inactive as materialized (
    select p.product_id, p.fields, k.group_key, b.ours ->> 'status' as wanted
    from sync.products as p
    left join sync.product_links as k on k.shop_id = p.shop_id and k.product_id = p.product_id and k.state = 'ok'
    left join sync.field_bases as b on b.shop_id = p.shop_id and b.entity = 'product' and b.key = k.group_key
    where p.shop_id = $1 and p.fields ->> 'status' in ('DRAFT', 'ARCHIVED')
      and coalesce(b.ours ->> 'status', 'ACTIVE') = 'ACTIVE'
      and not exists (
        select from sync.field_rules as r
        where r.shop_id = $1 and r.entity = 'product' and r.field = 'status' and r.rule in ('theirs', 'manual')
      )
  ),

  stocked as (
    select i.product_id, sum(e.available) as units
    from inactive as i
    join sync.variants as v on v.shop_id = $1 and v.product_id = i.product_id
    join sync.links as k on k.shop_id = $1 and k.inventory_item_id = v.inventory_item_id and k.state = 'ok'
    join sync.levels as e on e.shop_id = $1 and e.inventory_item_id = v.inventory_item_id and e.available > 0
    group by i.product_id
  )

  select
    'product' as subject, i.product_id as key, i.fields ->> 'title' as name,
    format(
      case
        when i.wanted is not null then '%s is %s in the shop, and the warehouse wants it to be active.'
        else '%s is %s in the shop, and %s of its units are in stock.'
      end,
      i.fields ->> 'title', i.fields ->> 'status', s.units
    ) as message,
    case when i.wanted is not null then i.group_key end as target
  from inactive as i
  left join stocked as s on s.product_id = i.product_id
  where i.wanted is not null or s.units > 0
  $$
),
(
  'product_unpublished', 'warning', 'active products that are published on no sales channel',
  'Publish the product in the Shopify admin, or make it a draft.',
  true, 'push_products',
  $$
  select
    'product' as subject, p.product_id as key, p.fields ->> 'title' as name,
    format('%s is active, and on no sales channel.', p.fields ->> 'title') as message,
    case
      when cardinality(c.publications) > 0 and not exists (
        select from sync.field_rules as r
        where r.shop_id = $1 and r.entity = 'product' and r.field = 'publications' and r.rule in ('theirs', 'manual')
      ) then k.group_key
    end as target
  from sync.products as p
  left join sync.catalogs as c on c.shop_id = p.shop_id
  left join sync.product_links as k on k.shop_id = p.shop_id and k.product_id = p.product_id and k.state = 'ok'
  where p.shop_id = $1 and p.fields ->> 'status' = 'ACTIVE' and p.publications = '{}'
  $$
),
(
  'image_failed', 'warning', 'images that Shopify could not fetch or process',
  'Correct its address in the warehouse, or remove it from the product in the Shopify admin.',
  true, 'push_products',
  $$
  select
    'product' as subject, p.product_id as key, p.fields ->> 'title' as name,
    format(
      '%s of the images of %s failed: %s', count(*), p.fields ->> 'title',
      coalesce(string_agg(distinct m.item ->> 'problem', '; '), 'not processed.')
    ) as message,
    case when exists (
      select from sync.catalog_media as c
      where c.shop_id = $1 and c.group_key = min(k.group_key) and c.status = 'FAILED'
    ) then min(k.group_key) end as target
  from sync.products as p
  cross join lateral jsonb_array_elements(p.media) as m (item)
  left join sync.product_links as k on k.shop_id = p.shop_id and k.product_id = p.product_id and k.state = 'ok'
  where p.shop_id = $1 and m.item ->> 'status' = 'FAILED'
  group by p.product_id, p.fields
  $$
);
