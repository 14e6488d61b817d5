-- The customer of an order in the warehouse: the one of an earlier order of the same customer of the shop, else found
-- by the e-mail in lower case, else by the phone number in E.164, else made. Null: the order tells of none, or the
-- mapping has no statement.
create or replace function sync.customer_of(p_order sync.orders) returns text
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_customer jsonb := coalesce(p_order.details -> 'customer', '{}');
  v_email text := lower(btrim(coalesce(v_customer ->> 'email', p_order.details ->> 'email')));
  v_phone text := regexp_replace(coalesce(
    v_customer ->> 'phone', p_order.details ->> 'phone', p_order.details #>> '{shipping_address,phone}'
  ), '[^+0-9]', '', 'g');
  v_key text;
begin
  if p_order.customer_id is not null then
    select o.customer_key into v_key from sync.orders as o
    where o.shop_id = p_order.shop_id and o.customer_id = p_order.customer_id and o.customer_key is not null
    order by o.created_at desc
    limit 1;
  end if;
  if v_key is null and nullif(v_email, '') is not null then
    select f into v_key from sync.find_customer(v_email, null) as f limit 1;
  end if;
  if v_key is null and v_phone ~ '^\+[0-9]{6,15}$' then
    select f into v_key from sync.find_customer(null, v_phone) as f limit 1;
  end if;
  if v_key is null and coalesce(nullif(v_email, ''), nullif(v_phone, ''), p_order.customer_id::text) is not null then
    select w into v_key
    from sync.write_customer(
      nullif(v_email, ''), nullif(v_phone, ''),
      coalesce(
        nullif(btrim(concat_ws(' ', v_customer ->> 'first_name', v_customer ->> 'last_name')), ''),
        p_order.details #>> '{shipping_address,name}', p_order.details #>> '{billing_address,name}', v_email, v_phone
      ),
      p_order.details
    ) as w
    limit 1;
  end if;
  return v_key;
end $$;
comment on function sync.customer_of(sync.orders) is 'The customer of an order in the warehouse, found or made.';
