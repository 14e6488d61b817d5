-- The total of an order less the sum of its parts, in the shop's money: lines less their discounts, shipping, duties,
-- and taxes unless prices include them. Null: a part is not told.
create or replace function sync.order_difference(p_order jsonb) returns numeric
language sql immutable parallel safe
set search_path = pg_catalog, pg_temp
begin atomic
select (p_order #>> '{total,shop}')::numeric
  - coalesce((
    select sum((l #>> '{price,shop}')::numeric * (l ->> 'quantity')::integer)
    from jsonb_array_elements(p_order -> 'lines') as l
  ), 0)
  + coalesce((
    select sum((d ->> 'shop')::numeric)
    from jsonb_array_elements(p_order -> 'lines') as l cross join jsonb_array_elements(l -> 'discounts') as d
  ), 0)
  - coalesce((
    select sum((s #>> '{discounted_price,shop}')::numeric) from jsonb_array_elements(p_order -> 'shipping_lines') as s
  ), 0)
  - coalesce((p_order #>> '{duties,shop}')::numeric, 0)
  - case when (p_order ->> 'taxes_included')::boolean then 0 else coalesce((p_order #>> '{tax,shop}')::numeric, 0) end;
end;
comment on function sync.order_difference(jsonb) is 'The total of an order less the sum of its parts, in the shop''s money.';
