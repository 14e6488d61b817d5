-- The catalogue of each shop as it was last shown, whether the warehouse knows it or not.
create or replace view sync.remote_products as
select
  h.domain as shop,
  p.product_id,
  p.fields ->> 'handle' as handle,
  p.fields ->> 'title' as title,
  p.fields ->> 'status' as status,
  p.fields ->> 'vendor' as vendor,
  p.fields ->> 'productType' as product_type,
  array(select t.tag from jsonb_array_elements_text(p.fields -> 'tags') as t (tag)) as tags,
  p.fields ->> 'descriptionHtml' as description_html,
  p.fields ->> 'seo.title' as seo_title,
  p.fields ->> 'seo.description' as seo_description,
  p.fields ->> 'category' as category,
  p.metafields,
  array(
    select c.handle from sync.collections as c
    where c.shop_id = p.shop_id and c.collection_id = any(p.collections) order by c.handle
  ) as collections,
  cardinality(p.publications) as published_on,
  jsonb_array_length(p.media) as media,
  (select count(*) from jsonb_array_elements(p.media) as m (item) where m.item ->> 'status' = 'FAILED')
    as failed_media,
  (select count(*) from sync.variants as v where v.shop_id = p.shop_id and v.product_id = p.product_id) as variants,
  k.group_key,
  p.created_at,
  p.updated_at,
  p.read_at
from sync.products as p
inner join sync.shops as h on p.shop_id = h.id
left join sync.product_links as k on p.shop_id = k.shop_id and p.product_id = k.product_id;
comment on view sync.remote_products is
'Products of each shop as last shown; group_key: what the warehouse calls it, null: it is the shop''s alone, or follows nothing.';
comment on column sync.remote_products.published_on is 'Sales channels; null: not read, as media.';
