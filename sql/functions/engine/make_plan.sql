-- Store what would change at Shopify if a shop went live now, a row for each kind that writes: set_mode() wants their
-- fingerprints.
create or replace function sync.make_plan(p_shop_id bigint) returns setof sync.plans
language sql
set search_path = pg_catalog, pg_temp
begin atomic
insert into sync.plans (shop_id, kind, fingerprint, basis, parts, moves, losses, detail)
select p_shop_id, k.kind, d.fingerprint, d.basis, d.parts, d.moves, d.losses, d.detail
from sync.kinds as k
cross join lateral sync.draft_plan(k.kind, p_shop_id) as d
returning plans.*;
end;
comment on function sync.make_plan(bigint) is 'Store what would change at Shopify if a shop went live now, by kind.';
