-- Keys that a pass cannot look at become slices, but for those that are in one already, and behind them the end of the
-- stroke: what they make pending gathers until then, so that the guard sees it as a whole.
create or replace function sync.slice_keys(
  p_shop_id bigint, p_kind text, p_keys text[], p_since timestamptz[], p_limit integer
)
returns void
language sql
set search_path = pg_catalog, pg_temp
begin atomic
with sliced as (
  select unnest(s.keys) as key from sync.slices as s where s.shop_id = p_shop_id and s.kind = p_kind
),

placed as (
  select f.key, f.since, row_number() over (order by f.key collate "C") - 1 as place
  from unnest(p_keys, p_since) as f (key, since)
  where f.key not in (select s.key from sliced as s)
),

cut as (
  select
    min(n.place) as place,
    array_agg(n.key order by n.place) as keys,
    array_agg(n.since order by n.place) as since
  from placed as n
  group by n.place / least(1000, p_limit)
  union all
  select null::bigint, array[]::text[], array[]::timestamptz[]
)

insert into sync.slices (shop_id, entity, kind, keys, since)
select p_shop_id, k.entity, p_kind, c.keys, c.since
from sync.kinds as k
cross join cut as c
where k.kind = p_kind
order by c.place;
end;
comment on function sync.slice_keys(bigint, text, text[], timestamptz[], integer) is
'Leave keys of a kind to later passes of the relay.';
