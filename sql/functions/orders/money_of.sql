-- An amount in the shop's money and in the customer's, as Shopify wrote them: of a money bag of the Admin API, or of a
-- webhook. Null: there is none.
create or replace function sync.money_of(p_bag jsonb) returns jsonb
language sql immutable parallel safe
set search_path = pg_catalog, pg_temp
return case when jsonb_typeof(p_bag) = 'object' then jsonb_build_object(
  'shop', coalesce(p_bag #>> '{shopMoney,amount}', p_bag #>> '{shop_money,amount}'),
  'presentment', coalesce(p_bag #>> '{presentmentMoney,amount}', p_bag #>> '{presentment_money,amount}')
) end;
comment on function sync.money_of(jsonb) is 'An amount in the shop''s money and in the customer''s, as Shopify wrote them.';
