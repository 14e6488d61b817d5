-- One row per shop and kind: the shop's mode, whether its guard holds the kind, and how near it is to that.
create or replace view sync.guard_status as
select
  h.domain as shop,
  g.kind,
  h.mode,
  g.held_at,
  g.held_reason,
  g.loss_share,
  g.change_share,
  g.allowance,
  l.lost_lately,
  p.keys as pending,
  p.moves as pending_moves,
  p.losses as pending_losses,
  g.parts,
  g.present
from sync.shops as h
inner join sync.guards as g on h.id = g.shop_id
cross join lateral (
  select round(sum(sync.lost_lately(n))::numeric, 1) as lost_lately
  from sync.lanes as n
  where n.shop_id = h.id and n.kind = g.kind
) as l
cross join lateral (
  select
    count(*) as keys,
    coalesce(sum(w.moves), 0) as moves,
    coalesce(sum(w.losses), 0) as losses
  from sync.pending as w
  where w.shop_id = h.id and w.kind = g.kind
) as p;
comment on view sync.guard_status is
'One row per shop and kind: its mode, whether its guard holds it and why, and what would go out.';
