-- One entry of a request, an InventoryQuantityInput of Shopify's: written only if Shopify still holds p_before.
-- Without a search_path, that it may be inlined: a plan has 250 of them.
create or replace function sync.quantity_input(
  p_inventory_item_id bigint, p_location_id bigint, p_quantity integer, p_before integer
)
returns json
language sql stable parallel safe
return pg_catalog.json_build_object(
  'inventoryItemId', 'gid://shopify/InventoryItem/' || p_inventory_item_id,
  'locationId', 'gid://shopify/Location/' || p_location_id,
  'quantity', p_quantity,
  'changeFromQuantity', p_before
);
comment on function sync.quantity_input(bigint, bigint, integer, integer) is
'One entry of an inventorySetQuantities request.';
