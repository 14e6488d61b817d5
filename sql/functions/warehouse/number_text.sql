-- One text for one number, however it was written: 1.00 and 01 are 1. What is no number stays as it is.
create or replace function sync.number_text(p_key text) returns text
language sql immutable parallel safe
return case
  when p_key ~ '^ *[+-]?[0-9]{1,255}(\.[0-9]{0,255})? *$' then pg_catalog.trim_scale(p_key::numeric)::text else p_key
end;
comment on function sync.number_text(text) is 'One text for one number, however it was written.';
