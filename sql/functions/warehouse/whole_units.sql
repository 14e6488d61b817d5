-- A sum of units as Shopify counts: whole units, a part of one is none. Beyond two thousand million either way it
-- is cut off, so that one absurd row stops nothing: Shopify refuses that number, and the product alone.
create or replace function sync.whole_units(p_units numeric) returns integer
language sql immutable parallel safe
return greatest(least(pg_catalog.floor(coalesce(p_units, 0)), 2000000000), -2000000000)::integer;
comment on function sync.whole_units(numeric) is 'A sum of units as whole units within the range of an integer.';
