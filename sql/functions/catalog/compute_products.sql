-- What Shopify should show of some groups of the warehouse's products, or of all: one row for each group that is there.
-- fields and variants ([{key, fields}], in their order) are as they are compared and sent; problems ([{part, class,
-- message}]) is what of the product cannot be, which holds back nothing else of it.
create or replace function sync.compute_products(p_shop_id bigint, p_groups text[])
returns table (group_key text, fields jsonb, variants jsonb, problems jsonb)
language sql stable
set search_path = pg_catalog, pg_temp
begin atomic
with shop as (
  select sync.currency_digits(h.currency) as digits, c.publications
  from sync.shops as h
  inner join sync.catalogs as c on h.id = c.shop_id
  where h.id = p_shop_id
),

read as materialized (
  select r.*, row_number() over (order by r.place, length(r.product_key), r.product_key) as turn
  from sync.read_catalog(p_groups) as r
  where exists (select from shop)
),

images as (
  select
    i.group_key,
    jsonb_agg(jsonb_build_object('url', i.url, 'alt', coalesce(i.alt, '')) order by i.turn, i.place, i.url) as media
  from (
    select distinct on (r.group_key, i.url) r.group_key, i.url, i.alt, r.turn, i.place
    from sync.read_images(case when p_groups is not null then array(select product_key from read) end) as i
    inner join read as r on i.product_key = r.product_key
    order by r.group_key, i.url, r.turn, i.place
  ) as i
  group by i.group_key
),

grouped as (
  select
    r.group_key,
    (array_agg(r.title order by r.turn) filter (where btrim(r.title) <> ''))[1] as title,
    sync.first_said(array_agg(r.fields order by r.turn)) as raw,
    jsonb_agg(
      jsonb_build_object('key', r.product_key, 'fields', sync.variant_fields(r.sku, r.fields, s.digits))
      order by r.turn
    ) as variants
  from read as r
  cross join shop as s
  group by r.group_key
)

select
  g.group_key,
  sync.product_fields(g.title, g.raw)
  || case
    -- None is nothing to say, unless some were sent.
    when i.media is not null or exists (
      select from sync.catalog_media as m where m.shop_id = p_shop_id and m.group_key = g.group_key
    ) then jsonb_build_object('media', coalesce(i.media, '[]'))
    else '{}'
  end
  || case when s.publications <> '{}' then jsonb_build_object('publications', to_jsonb(s.publications)) else '{}' end
  || case when g.raw ? 'collections' then jsonb_build_object('collections', coalesce(c.handles, '[]')) else '{}' end,
  g.variants,
  coalesce(c.problems, '[]') || coalesce(f.problems, '[]')
from grouped as g
cross join shop as s
left join images as i on g.group_key = i.group_key
left join lateral (
  select
    coalesce(jsonb_agg(distinct n.handle) filter (where n.problem is null), '[]')
    -- While one is not known, as after it got another title, none is left.
    || case when bool_or(n.problem is not null) then coalesce((
      select jsonb_agg(k.handle order by k.handle)
      from sync.catalog_collections as o
      inner join sync.collections as k on o.shop_id = k.shop_id and o.collection_id = k.collection_id
      where o.shop_id = p_shop_id and o.group_key = g.group_key and k.handle <> all(
        array_agg(n.handle) filter (where n.problem is null and n.handle is not null) || '{}'::text[]
      )
    ), '[]') else '[]' end as handles,
    jsonb_agg(jsonb_build_object('part', 'collections', 'class', 'UNKNOWN_COLLECTION', 'message', n.problem))
      filter (where n.problem is not null) as problems
  from sync.find_collections(p_shop_id, g.raw -> 'collections') as n
  where g.raw ->> 'collections' is not null
) as c on true
left join lateral (
  select jsonb_agg(jsonb_build_object(
    'part', 'media', 'class', 'IMAGE_FAILED', 'message', format('%s: %s', m.url, coalesce(m.problem, 'not processed'))
  )) as problems
  from sync.catalog_media as m
  where m.shop_id = p_shop_id and m.group_key = g.group_key and m.status = 'FAILED'
    and i.media @> jsonb_build_array(jsonb_build_object('url', m.url))
) as f on true;
end;
comment on function sync.compute_products(bigint, text[]) is
'What Shopify should show of some groups of products, or of all, field by field.';
