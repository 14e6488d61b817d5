-- One row per shop: its mode, whether its guard holds it, and how near it is to that.
create or replace view sync.guard_status as
select
  h.domain as shop,
  h.mode,
  g.held_at,
  g.held_reason,
  g.zero_share,
  g.change_share,
  g.allowance,
  l.zeroed_lately,
  p.products as pending,
  p.moves as pending_moves,
  p.zeroes as pending_zeroes,
  g.levels,
  g.in_stock
from sync.shops as h
inner join sync.guards as g on h.id = g.shop_id
cross join lateral (
  select round(sum(sync.zeroed_lately(n))::numeric, 1) as zeroed_lately from sync.lanes as n where n.shop_id = h.id
) as l
cross join lateral (
  select
    count(*) as products,
    coalesce(sum(w.moves), 0) as moves,
    coalesce(sum(w.zeroes), 0) as zeroes
  from sync.pending as w
  where w.shop_id = h.id
) as p;
comment on view sync.guard_status is 'One row per shop: its mode, whether its guard holds it and why, and what would go out.';
