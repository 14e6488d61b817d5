-- Images that Shopify could not fetch are sent once more. Returns of how many products.
create or replace function sync.retry_images(p_shop_id bigint, p_run_id bigint) returns integer
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_groups text[] := array(
    select distinct m.group_key
    from sync.catalog_media as m
    join sync.product_links as k on k.shop_id = m.shop_id and k.group_key = m.group_key
    where m.shop_id = p_shop_id and m.status = 'FAILED' and m.media_id = any (k.media)
  );
begin
  perform sync.forget_failures(p_shop_id, v_groups);
  return sync.touch_products(p_shop_id, v_groups, p_run_id);
end $$;
comment on function sync.retry_images(bigint, bigint) is
'Send images that Shopify could not fetch once more; returns of how many products.';
