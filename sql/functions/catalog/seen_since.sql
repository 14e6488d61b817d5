-- Since when what a shop shows of a product must have been read for a turn to write over it: since its keys were
-- taken. In the lane of bulk operations, which has very many, it is enough that somebody has looked for what has
-- changed in the shop within two minutes before: whatever had was read then. Not so what is known to be otherwise.
create or replace function sync.seen_since(p_turn sync.turn, p_is_known boolean default true)
returns timestamptz
language sql stable
set search_path = pg_catalog, pg_temp
begin atomic
select
  case
    when p_is_known and l.lane = sync.bulk_lane(l.kind) and c.looked_at > l.claimed_at - interval '2 minutes'
      then '-infinity'::timestamptz
    else l.claimed_at
  end
from sync.lanes as l
left join sync.catalogs as c on l.shop_id = c.shop_id
where l.shop_id = (p_turn).shop_id and l.kind = (p_turn).kind and l.lane = (p_turn).lane;
end;
comment on function sync.seen_since(sync.turn, boolean) is
'Since when what a shop shows of a product must have been read for a turn to write over it.';
