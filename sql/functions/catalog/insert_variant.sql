-- Make a product of the warehouse out of a variant that only the shop has, by the statement of the mapping. Null: it is
-- made; else why it is not. What the warehouse refuses leaves nothing behind.
create or replace function sync.insert_variant(p_shop_id bigint, p_variant_id bigint) returns text
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_variant record;
  v_rows integer;
begin
  select i.* into v_variant from sync.insertable_variants(p_shop_id) as i where i.variant_id = p_variant_id;
  if not found then
    return 'the warehouse has it by now, or the shop no more';
  elsif v_variant.problem is not null then
    return v_variant.problem;
  end if;
  begin
    v_rows := sync.insert_product(v_variant.sku, v_variant.title, v_variant.shown);
  exception when others then
    return sqlerrm;
  end;
  return case
    when v_rows is null then 'the mapping does not say how a product is made'
    when v_rows = 0 then 'the statement has made none'
  end;
end $$;
comment on function sync.insert_variant(bigint, bigint) is
'Make a product of the warehouse out of a variant that only the shop has; null, or why it is not made.';
