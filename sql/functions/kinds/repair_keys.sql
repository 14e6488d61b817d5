-- How an integrity check's issues are put right: the subject of a kind looks at some keys again, and pushes them. What
-- is not written to a shop is up to the engine, as always. p_run_id is the run that wants it.
create or replace function sync.repair_keys(p_repair text, p_shop_id bigint, p_keys text[], p_run_id bigint)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  case p_repair
    when 'push_products' then
      perform sync.push_groups(p_shop_id, p_keys, p_run_id)
      where sync.is_followed('catalog', p_shop_id);
    when 'push_stock' then
      perform sync.mark_changes(
        'inventory', p_shop_id, p_keys, array_fill(now(), array[cardinality(p_keys)]), p_run_id
      );
    when 'judge_links' then
      perform sync.follow_products(p_shop_id, p_keys);
      perform sync.follow_variants(p_shop_id, array(
        select distinct k.sku from sync.links as k
        where k.shop_id = p_shop_id and k.product_key = any (p_keys) and k.sku is not null
      ));
  end case;
end $$;
comment on function sync.repair_keys(text, bigint, text[], bigint) is
'Look at some keys again as a repair of an integrity check asks.';
