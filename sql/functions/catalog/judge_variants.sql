-- The variants of a product as they are to be, in their order ([{key, fields}]), each with the variant of the shop
-- that it is, if there is one, and what is to be done about its fields; behind them, with no key, those that the shop
-- itself has added: they stay. is_gone: one that the warehouse no longer has there.
create or replace function sync.judge_variants(
  p_shop_id bigint, p_group text, p_variants jsonb, p_ours_at timestamptz, p_theirs_at timestamptz
)
returns table (
  place bigint, key text, variant_id bigint, fields jsonb, rank integer, options jsonb, is_gone boolean, judged jsonb
)
language sql stable
set search_path = pg_catalog, pg_temp
begin atomic
with there as (
  select v.variant_id, v.position, v.options, m.product_key, m.group_key
  from sync.product_links as k
  inner join sync.variants as v on k.shop_id = v.shop_id and k.product_id = v.product_id
  left join sync.catalog_variants as m on v.shop_id = m.shop_id and v.variant_id = m.variant_id
  where k.shop_id = p_shop_id and k.group_key = p_group
),

wanted as (
  select w.place, w.variant ->> 'key' as key, w.variant -> 'fields' as fields
  from jsonb_array_elements(p_variants) with ordinality as w (variant, place)
)

select w.place, w.key, t.variant_id, w.fields, t.position, t.options, false, j.judged
from wanted as w
left join there as t on w.key = t.product_key and t.group_key = p_group
left join lateral (
  select jsonb_agg(to_jsonb(f)) as judged
  from sync.judge_fields(p_shop_id, 'variant', w.key, w.fields, p_ours_at, p_theirs_at) as f
  where t.variant_id is not null
) as j on true
union all
select
  1000000 + t.position, null as key, t.variant_id, null as fields, t.position, t.options, t.product_key is not null,
  null as judged
from there as t
where not exists (select from wanted as w where t.product_key = w.key and t.group_key = p_group);
end;
comment on function sync.judge_variants(bigint, text, jsonb, timestamptz, timestamptz) is
'The variants of a product as they are to be and as they are, and what is to be done about the fields of each.';
