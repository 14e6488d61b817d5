-- Try refused pushes again: all, or those of some classes or keys (a key or a SKU), in one shop or in every one.
create or replace function sync.retry_refusals(p_shop_id bigint, p_class text, p_keys text[])
returns integer
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_shop record;
  v_retried integer := 0;
begin
  for v_shop in
    select f.shop_id, array_agg(distinct f.key order by f.key) as keys
    from sync.refusals as f
    left join sync.links as k on k.shop_id = f.shop_id and k.product_key = f.key
    where (p_shop_id is null or f.shop_id = p_shop_id)
      and (p_class is null or f.class = p_class)
      and (p_keys is null or f.key = any (p_keys) or k.sku = any (p_keys))
    group by f.shop_id
  loop
    perform sync.mark_pending(
      v_shop.shop_id, v_shop.keys, array_fill(now(), array[cardinality(v_shop.keys)])
    );
    -- What has come right by itself has nothing left to push.
    delete from sync.refusals as f
    where f.shop_id = v_shop.shop_id and f.key = any (v_shop.keys)
      and not exists (select from sync.pending as p where p.shop_id = f.shop_id and p.kind = f.kind and p.key = f.key);
    perform sync.note_event(
      v_shop.shop_id, 'refusals_retried', coalesce(p_class, ''),
      format('%s refused products are tried again.', cardinality(v_shop.keys))
    );
    v_retried := v_retried + cardinality(v_shop.keys);
  end loop;
  return v_retried;
end $$;
comment on function sync.retry_refusals(bigint, text, text[]) is
'Try refused pushes again; returns how many products.';
