-- Groups that some keys of products, or of groups, concern are pushed whatever both sides agreed on: a push reads the
-- product anew with all its parts, and sends what differs. Images that Shopify could not fetch are sent once more.
-- Returns how many groups.
create or replace function sync.push_groups(p_shop_id bigint, p_keys text[], p_run_id bigint) returns integer
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_groups text[] := array(
    select g.group_key from sync.groups_of(p_shop_id, p_keys, array_fill(now(), array[cardinality(p_keys)])) as g
  );
begin
  update sync.product_links as k set reads_parts = true
  where k.shop_id = p_shop_id and k.group_key = any (v_groups) and k.product_id is not null;
  perform sync.forget_failures(p_shop_id, v_groups);
  return sync.touch_products(p_shop_id, v_groups, p_run_id);
end $$;
comment on function sync.push_groups(bigint, text[], bigint) is
'Push the groups that some keys concern, whatever both sides agreed on; returns how many.';
