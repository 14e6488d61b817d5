-- Of some products those whose parts are to be read as well; of all of a shop, if null, besides them those with images
-- that Shopify was still at work on.
create or replace function sync.products_with_parts(p_shop_id bigint, p_products bigint[]) returns bigint[]
language sql stable
set search_path = pg_catalog, pg_temp
begin atomic
select array(
  select k.product_id
  from sync.product_links as k
  where k.shop_id = p_shop_id and k.product_id is not null and (p_products is null or k.product_id = any(p_products))
    and (k.reads_parts or (p_products is null and exists (
      select from sync.catalog_media as m
      where m.shop_id = k.shop_id and m.group_key = k.group_key and m.media_id = any(k.media)
        and coalesce(m.status, '') not in ('READY', 'FAILED')
    )))
  order by k.product_id
);
end;
comment on function sync.products_with_parts(bigint, bigint[]) is 'Products whose parts are to be read as well.';
