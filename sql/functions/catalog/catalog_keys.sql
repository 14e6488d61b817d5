-- All keys that a shop's catalogue may have to be looked at for: the warehouse's products, and groups that are linked,
-- of which some may have left. None if it does not follow; null if the products cannot be read.
create or replace function sync.catalog_keys(p_shop_id bigint) returns text[]
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  if not exists (select from sync.catalogs as c where c.shop_id = p_shop_id) then
    return '{}';
  end if;
  return array(
    select p.product_key from sync.group_products(null) as p
    union
    select k.group_key from sync.product_links as k where k.shop_id = p_shop_id
  );
exception when sqlstate 'SW007' then
  return null;
end $$;
comment on function sync.catalog_keys(bigint) is 'All keys that a shop''s catalogue may have to be looked at for.';
