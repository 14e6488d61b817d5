-- The objects of Shopify of which a run has written something, as the subject of a kind looks at them.
create or replace function sync.objects_written(p_kind text, p_run_id bigint) returns bigint[]
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return case p_kind
    when 'inventory' then array(select distinct w.inventory_item_id from sync.levels_written(p_run_id) as w order by 1)
    when 'catalog' then array(
      select k.product_id from sync.products_written(p_run_id) as w
      join sync.product_links as k on k.shop_id = w.shop_id and k.group_key = w.group_key
      where k.product_id is not null
      order by 1
    )
    else '{}'
  end;
end $$;
comment on function sync.objects_written(text, bigint) is
'The objects of Shopify of which a run has written something of a kind.';
