-- Variants of a shop have other SKUs, or are gone: if it is linked, the products of these SKUs are judged anew, and
-- looked at.
create or replace function sync.follow_variants(p_shop_id bigint, p_skus text[]) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_keys text[];
begin
  if cardinality(p_skus) > 0 and exists (
    select from sync.shops as h where h.id = p_shop_id and h.linked_at is not null
  ) then
    v_keys := sync.judge_links(p_shop_id, p_skus);
    -- All at once: slices are the relay's.
    perform sync.follow_shop(
      p_shop_id, 'product', v_keys, array_fill(now(), array[cardinality(v_keys)]), '{stock}', cardinality(v_keys)
    )
    where v_keys <> '{}';
  end if;
end $$;
comment on function sync.follow_variants(bigint, text[]) is
'Judge the products of some SKUs anew, as variants of the shop have changed, and note what must be pushed.';
