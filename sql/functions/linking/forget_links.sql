-- Another mapping may know other products, under keys of another type.
create or replace function sync.forget_links() returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  delete from sync.links as k
  where not exists (
    select from sync.source_products as p
    where p.product_key = k.product_key and nullif(btrim(p.sku), '') is not distinct from k.sku
  );
end $$;
comment on function sync.forget_links() is 'Forget links of products that are no more, or have another SKU.';
