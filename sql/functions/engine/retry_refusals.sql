-- Try refused keys again: all, or those of a class or of some names (a key, or the SKU of a product), in one shop or
-- in every one. Who tries again what was unusual has looked at it: it is cleared.
create or replace function sync.retry_refusals(p_shop_id bigint, p_class text, p_keys text[])
returns integer
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_found record;
  v_retried integer := 0;
begin
  for v_found in
    select
      f.shop_id, f.kind, f.class like 'UNUSUAL\_%' as is_cleared, array_agg(distinct f.key order by f.key) as keys
    from sync.refusals as f
    join sync.kinds as n on n.kind = f.kind
    left join sync.catalog_variants as m
      on f.kind = 'catalog' and m.shop_id = f.shop_id and m.group_key = f.key
    left join sync.links as k
      on n.entity = 'product' and k.shop_id = f.shop_id and k.product_key = coalesce(m.product_key, f.key)
    where (p_shop_id is null or f.shop_id = p_shop_id)
      and (p_class is null or f.class = p_class)
      and (p_keys is null or f.key = any (p_keys) or k.sku = any (p_keys))
    group by 1, 2, 3
    order by 1, 2, 3
  loop
    perform sync.retry_keys(v_found.kind, v_found.shop_id, v_found.keys);
    perform sync.mark_changes(
      v_found.kind, v_found.shop_id, v_found.keys, array_fill(now(), array[cardinality(v_found.keys)]),
      p_cleared => v_found.is_cleared
    );
    -- What has come right by itself has nothing left to push.
    delete from sync.refusals as f
    where f.shop_id = v_found.shop_id and f.kind = v_found.kind and f.key = any (v_found.keys)
      and not exists (select from sync.pending as p where p.shop_id = f.shop_id and p.kind = f.kind and p.key = f.key);
    perform sync.note_event(
      v_found.shop_id, 'refusals_retried', coalesce(p_class, ''),
      format('%s refused keys of %s are tried again.', cardinality(v_found.keys), v_found.kind)
    );
    v_retried := v_retried + cardinality(v_found.keys);
  end loop;
  return v_retried;
end $$;
comment on function sync.retry_refusals(bigint, text, text[]) is
'Try refused keys again; returns how many.';
