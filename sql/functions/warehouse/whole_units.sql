-- A sum of units as Shopify counts: whole units, a part of one is none, of one that is missing too. Beyond a thousand
-- million either way, which Shopify refuses, it is cut off, so that one absurd row stops nothing; inventory_obstacles
-- shows it.
create or replace function sync.whole_units(p_units numeric) returns integer
language sql immutable parallel safe
return greatest(least(pg_catalog.trunc(coalesce(nullif(p_units, 'NaN'), 0)), 1000000000), -1000000000)::integer;
comment on function sync.whole_units(numeric) is 'A sum of units as whole units within what Shopify takes.';
