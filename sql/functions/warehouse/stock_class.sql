-- What is odd of a number of units: of a product that [products] does not have, or no number of units to sell.
create or replace function sync.stock_class(p_is_known boolean, p_available numeric) returns text
language sql immutable parallel safe
return case
  when not p_is_known then case when p_available > 0 then 'UNKNOWN_PRODUCT' end
  when coalesce(p_available, 'NaN') = 'NaN' then 'UNCOUNTED_STOCK'
  when p_available < 0 then 'NEGATIVE_STOCK'
  when p_available > 1000000000 then 'EXCESSIVE_STOCK'
end;
comment on function sync.stock_class(boolean, numeric) is
'The class of refusal that a number of units is, null if it can be offered.';
