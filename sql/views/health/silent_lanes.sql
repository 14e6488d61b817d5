-- Lanes in which something has waited for a minute and that no job has taken for a minute.
create or replace view sync.silent_lanes as
select
  h.domain as shop,
  l.kind,
  l.lane,
  count(*) as pending,
  clock_timestamp() - min(p.since) as pending_for,
  l.claimed_at
from sync.lanes as l
inner join sync.shops as h on l.shop_id = h.id
inner join sync.pending as p on l.shop_id = p.shop_id and l.kind = p.kind and l.lane = p.lane
where coalesce(l.claimed_at < clock_timestamp() - interval '1 minute', true)
group by h.domain, l.kind, l.lane, l.claimed_at
having min(p.since) < clock_timestamp() - interval '1 minute';
comment on view sync.silent_lanes is 'Lanes with something pending for a minute that no job has taken for a minute.';
