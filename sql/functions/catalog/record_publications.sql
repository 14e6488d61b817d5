-- Note on which sales channels products are, as Shopify showed them (nodes of the Admin API, with all of them).
create or replace function sync.record_publications(p_shop_id bigint, p_nodes json) returns void
language sql
set search_path = pg_catalog, pg_temp
begin atomic
update sync.products as p
set publications = array(
  select sync.gid_number(s.node #>> '{publication,id}')
  from json_array_elements(n.node #> '{resourcePublicationsV2,nodes}') as s (node)
  order by 1
)
from json_array_elements(p_nodes) as n (node)
where p.shop_id = p_shop_id and p.product_id = sync.gid_number(n.node ->> 'id');
end;
comment on function sync.record_publications(bigint, json) is 'Note on which sales channels products of a shop are.';
