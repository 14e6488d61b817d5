-- Every shop has the lanes and the guard of every kind that travels to it: called when a shop or a kind comes, or one
-- is followed from now on.
create or replace function sync.furnish_shops() returns void
language sql
set search_path = pg_catalog, pg_temp
begin atomic
-- Who adds a shop and who adds a kind at one moment would not see each other's row.
select l.name from sync.locks as l where l.name = 'furnish' for update;
insert into sync.lanes (shop_id, kind, lane)
select h.id, k.kind, n.lane
from sync.shops as h
cross join sync.kinds as k
cross join generate_series(0, k.lanes - case when k.bulk_size is null then 1 else 0 end) as n (lane)
where sync.is_followed(k.kind, h.id)
on conflict do nothing;
insert into sync.guards (shop_id, kind)
select h.id, k.kind from sync.shops as h
cross join sync.kinds as k
where sync.is_followed(k.kind, h.id)
on conflict do nothing;
end;
comment on function sync.furnish_shops() is 'Give every shop the lanes and the guard of every kind that travels to it.';
