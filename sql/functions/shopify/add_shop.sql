-- Add a shop with its budget, and the lanes and guards of every kind; p_secret is encrypted already. It begins in mode
-- monitor.
create or replace function sync.add_shop(
  p_domain text, p_url text, p_grant_type text, p_client_id text, p_secret bytea
)
returns bigint
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_shop_id bigint;
begin
  insert into sync.shops (domain, url, grant_type, client_id, secret)
  values (p_domain, p_url, p_grant_type, p_client_id, p_secret)
  returning id into v_shop_id;
  -- Until the first answer tells: the smallest bucket Shopify is known to give.
  insert into sync.budgets (shop_id, capacity, restore_rate, level) values (v_shop_id, 1000, 50, 1000);
  insert into sync.writers (shop_id) values (v_shop_id);
  perform sync.furnish_shops();
  return v_shop_id;
end $$;
comment on function sync.add_shop(text, text, text, text, bytea) is
'Add a shop with its budget, lanes and guards; returns its id.';
