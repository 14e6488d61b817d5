-- Some keys of an entity may have changed, all if null: its kinds are asked what that means for each shop, after links
-- have followed where products may have come, gone or been renamed.
create or replace function sync.follow_entity(
  p_entity text, p_keys text[], p_since timestamptz[], p_names_products boolean
)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_shop_id bigint;
  v_linked text[];
begin
  for v_shop_id in select h.id from sync.shops as h where h.linked_at is not null order by h.id loop
    v_linked := case
      when p_entity = 'product' and p_names_products then sync.follow_products(v_shop_id, p_keys) else '{}'
    end;
    if p_keys is null then
      v_linked := null;
    else
      -- Others that a product which left, or came, has given a variant or kept from it.
      v_linked := array(select unnest(v_linked) except select unnest(p_keys));
    end if;
    perform sync.mark_changes(
      k.kind, v_shop_id, p_keys || v_linked,
      p_since || array_fill(p_since[1], array[coalesce(cardinality(v_linked), 0)])
    )
    from sync.kinds as k
    where k.entity = p_entity
    order by k.kind;
  end loop;
end $$;
comment on function sync.follow_entity(text, text[], timestamptz[], boolean) is
'Note for every shop what changed keys of an entity mean, all keys if null.';
