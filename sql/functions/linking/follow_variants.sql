-- Variants of a shop have other SKUs, or are gone: the products of these SKUs are judged anew, and looked at.
create or replace function sync.follow_variants(p_shop_id bigint, p_skus text[]) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_keys text[] := sync.judge_links(p_shop_id, p_skus);
begin
  if cardinality(v_keys) > 0 then
    perform sync.mark_changes(k.kind, p_shop_id, v_keys, array_fill(now(), array[cardinality(v_keys)]))
    from sync.kinds as k
    where k.entity = 'product'
    order by k.kind;
  end if;
end $$;
comment on function sync.follow_variants(bigint, text[]) is
'Judge the products of some SKUs anew, as variants of the shop have changed, and note what must be pushed.';
