-- The options of a product as OptionSetInput takes them, of its variants ([{optionName, name}] each), in the order in
-- which values are met. Of many only the first 250, for no list but that of variants may be longer: a variant brings
-- the others along.
create or replace function sync.product_options(p_values jsonb[]) returns jsonb
language sql immutable
set search_path = pg_catalog, pg_temp
begin atomic
with met as (
  select o.place as option, o.pair ->> 'optionName' as name, o.pair ->> 'name' as value, min(v.place) as place
  from unnest(p_values) with ordinality as v (pairs, place)
  cross join lateral jsonb_array_elements(v.pairs) with ordinality as o (pair, place)
  group by o.place, o.pair ->> 'optionName', o.pair ->> 'name'
),

counted as (
  select m.*, row_number() over (partition by m.option order by m.place) as turn from met as m
),

options as (
  select
    m.option, min(m.name) as name,
    jsonb_agg(jsonb_build_object('name', m.value) order by m.place) as listed
  from counted as m
  where m.turn <= 250
  group by m.option
)

select jsonb_agg(jsonb_build_object('name', o.name, 'position', o.option, 'values', o.listed) order by o.option)
from options as o;
end;
comment on function sync.product_options(jsonb[]) is 'The options of a product, of the option values of its variants.';
