-- Images of some groups that Shopify could not fetch are to be sent once more.
create or replace function sync.forget_failures(p_shop_id bigint, p_groups text[]) returns void
language sql
set search_path = pg_catalog, pg_temp
begin atomic
update sync.field_bases as b
set decided = b.decided || jsonb_build_object('media', b.ours -> 'media')
where b.shop_id = p_shop_id and b.entity = 'product' and b.key = any(p_groups) and b.ours ? 'media' and exists (
  select from sync.catalog_media as m
  where m.shop_id = b.shop_id and m.group_key = b.key and m.status = 'FAILED'
);
end;
comment on function sync.forget_failures(bigint, text[]) is
'Images of some groups that Shopify could not fetch are to be sent once more.';
