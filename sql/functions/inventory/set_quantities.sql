-- The variables of an inventorySetQuantities request. Its reference makes our writes recognisable in Shopify's history.
create or replace function sync.set_quantities(p_request_id bigint, p_key uuid, p_quantities json) returns json
language sql stable parallel safe
return pg_catalog.json_build_object(
  'input', pg_catalog.json_build_object(
    'name', 'available',
    'reason', 'correction',
    'referenceDocumentUri', 'gid://shelfwire/Request/' || p_request_id,
    'quantities', p_quantities
  ),
  'key', p_key
);
comment on function sync.set_quantities(bigint, uuid, json) is 'The variables of an inventorySetQuantities request.';
