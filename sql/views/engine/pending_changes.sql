-- Everything that has been committed in the warehouse and that Shopify has not acknowledged yet.
create or replace view sync.pending_changes as
select
  h.domain as shop,
  p.kind,
  p.key,
  k.sku,
  p.lane,
  case
    when p.lane is null then 'waits for the rest of its stroke'
    when j.id is null then 'waits for its lane'
    else 'in job ' || j.id
  end as stage,
  p.changes,
  p.since,
  c.name as priority,
  j.id as job_id,
  j.status::text as job_status,
  j.attempts as job_attempts,
  case when j.status = 'queued' then j.execute_after end as next_try_at
from sync.pending as p
inner join sync.shops as h on p.shop_id = h.id
inner join sync.kinds as n on p.kind = n.kind
left join sync.priorities as c on p.urgency / 1000000 = c.class
left join sync.links as k on n.entity = 'product' and p.shop_id = k.shop_id and p.key = k.product_key
left join pgqueuer.pgqueuer as j on p.job_id = j.id and j.status in ('queued', 'picked')
union all
-- Stock of a product that Shopify does not know yet.
select
  h.domain, 'inventory' as kind, p.key, k.sku, null as lane, 'waits for its product to be made' as stage,
  p.changes, p.since, 'high' as priority, null as job_id, null as job_status, null as job_attempts,
  null as next_try_at
from sync.pending as p
inner join sync.shops as h on p.shop_id = h.id
left join sync.product_links as l on p.shop_id = l.shop_id and p.key = l.group_key
left join sync.links as k on p.shop_id = k.shop_id and p.key = k.product_key
where p.kind = 'catalog' and l.product_id is null
union all
select
  null,
  q.entity,
  case when q.is_whole then '(all)' else coalesce(q.key, q.old_key, '(none)') end,
  null, null, case q.op when 'slice' then 'is to be looked at' else 'in the change queue' end,
  1, q.changed_at, null, null, null, null, null
from sync.queued_changes as q;
comment on view sync.pending_changes is 'What has been committed in the warehouse and not yet acknowledged by Shopify.';
