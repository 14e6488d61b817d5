-- The images of a product as FileSetInput takes them: those that it has already by their ids, then the others by where
-- they come from, and behind them what the shop itself has added: a list that is sent is the whole list.
create or replace function sync.product_files(p_shop_id bigint, p_group text, p_media jsonb) returns jsonb
language sql stable
set search_path = pg_catalog, pg_temp
begin atomic
with wanted as (
  select w.place, w.image ->> 'url' as url, w.image ->> 'alt' as alt, m.media_id
  from jsonb_array_elements(p_media) with ordinality as w (image, place)
  left join sync.product_links as k on k.shop_id = p_shop_id and k.group_key = p_group
  left join sync.catalog_media as m
    on m.shop_id = p_shop_id and m.group_key = p_group and m.url = w.image ->> 'url' and m.media_id = any(k.media)
    and m.status is distinct from 'FAILED'
),

files as (
  select
    w.place,
    case
      when w.media_id is not null then jsonb_build_object('id', 'gid://shopify/MediaImage/' || w.media_id, 'alt', w.alt)
      else jsonb_build_object('originalSource', w.url, 'alt', w.alt, 'contentType', 'IMAGE')
    end as file
  from wanted as w
  union all
  select 1000000 + f.place, jsonb_build_object('id', 'gid://shopify/MediaImage/' || f.media_id)
  from sync.product_links as k
  cross join lateral unnest(k.media) with ordinality as f (media_id, place)
  where k.shop_id = p_shop_id and k.group_key = p_group and not exists (
    select from sync.catalog_media as m
    where m.shop_id = p_shop_id and m.group_key = p_group and m.media_id = f.media_id
  )
)

select coalesce(jsonb_agg(f.file order by f.place), '[]') from files as f;
end;
comment on function sync.product_files(bigint, text, jsonb) is 'The images of a product as the Admin API takes them.';
