-- Store what would move at Shopify if a shop went live now: set_mode() wants its fingerprint.
create or replace function sync.make_plan(p_shop_id bigint) returns sync.plans
language sql
set search_path = pg_catalog, pg_temp
begin atomic
insert into sync.plans (shop_id, fingerprint, basis, levels, moves, zeroes, units_up, units_down)
select p_shop_id, d.fingerprint, d.basis, d.levels, d.moves, d.zeroes, d.units_up, d.units_down
from sync.draft_plan(p_shop_id) as d
returning plans.*;
end;
comment on function sync.make_plan(bigint) is 'Store what would move at Shopify if a shop went live now.';
