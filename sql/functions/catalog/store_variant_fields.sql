-- Store the requests that set fields of variants which stay as they are made: 250 variants to each. p_variants as
-- sent_variants() gives them: what is sent, what of it is agreed on then, what Shopify held before.
create or replace function sync.store_variant_fields(
  p_turn sync.turn, p_mode text, p_group text, p_product_id bigint, p_variants jsonb, p_undo_id bigint default null
)
returns setof sync.step
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  return query
  with cut as (
    select v.*, (row_number() over (order by v.place) - 1) / 250 as part
    from jsonb_to_recordset(p_variants) as v (
      place bigint, key text, variant_id bigint, send jsonb, ours jsonb, before jsonb
    )
    where v.send <> '{}'
  ),

  parts as materialized (
    select
      c.part,
      jsonb_agg(
        jsonb_build_object('id', 'gid://shopify/ProductVariant/' || c.variant_id) || sync.variant_input(c.send)
        order by c.place
      ) as input,
      jsonb_agg(jsonb_build_object('entity', 'variant', 'key', c.key, 'fields', c.ours, 'before', c.before)) as writes
    from cut as c
    group by c.part
  )

  select s.*
  from parts as p
  cross join lateral sync.store_product_request(
    p_turn, p_group, p_mode, 'ProductVariantsBulkUpdate',
    json_build_object('productId', 'gid://shopify/Product/' || p_product_id, 'variants', p.input), p.writes, p_undo_id
  ) as s;
end $$;
comment on function sync.store_variant_fields(sync.turn, text, text, bigint, jsonb, bigint) is
'Store the requests that set fields of variants.';
