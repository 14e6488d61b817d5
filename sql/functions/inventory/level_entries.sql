-- The levels that a stored request carries, numbered as Shopify numbers them in its errors, from 0.
create or replace function sync.level_entries(p_variables json)
returns table (
  index integer, inventory_item_id bigint, location_id bigint, quantity integer, change_from_quantity integer
)
language sql immutable parallel safe
begin atomic
select
  (row_number() over () - 1)::integer,  -- a function's rows come in its order
  split_part(e."inventoryItemId", '/', 5)::bigint,
  split_part(e."locationId", '/', 5)::bigint,
  e.quantity,
  e."changeFromQuantity"
from json_to_recordset(p_variables #> '{input,quantities}') as e (
  "inventoryItemId" text, "locationId" text, quantity integer, "changeFromQuantity" integer
);
end;
comment on function sync.level_entries(json) is 'The levels that a stored request carries, numbered from 0.';
