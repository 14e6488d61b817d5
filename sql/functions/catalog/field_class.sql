-- The class of urgency (sync.priorities) that a changed field of a product or a variant is of.
create or replace function sync.field_class(p_field text) returns integer
language sql immutable parallel safe
return case
  when p_field in ('price', 'compareAtPrice', 'inventoryPolicy', 'status', 'publications', 'sku', 'taxable') then 1
  when p_field = 'tags' or p_field like 'seo.%' or p_field like 'metafields.%' then 3
  else 2
end;
comment on function sync.field_class(text) is 'How urgent a changed field is, as a class of sync.priorities.';
