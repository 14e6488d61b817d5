-- Every run with its shop, how far it is and what it still waits for.
create or replace view sync.run_status as
select
  r.id,
  h.domain as shop,
  r.shop_id,
  h.mode,
  r.kind,
  r.args,
  r.requested_by,
  r.state,
  case
    when r.state <> 'running' then r.state
    when r.cancel_requested_at is not null then 'ending'
    when r.marked_at is null then 'reading'
    else 'pushing'
  end as stage,
  w.waits_for,
  r.done,
  r.total,
  r.failed,
  r.way,
  r.result,
  r.error,
  r.priority,
  r.attempt,
  r.queued_at,
  r.due_at,
  r.started_at,
  r.marked_at,
  r.cancel_requested_at,
  r.finished_at,
  (select count(*) from sync.requests as q where q.run_id = r.id and q.state = 'open') as open_requests
from sync.runs as r
left join sync.shops as h on r.shop_id = h.id
left join lateral (
  select
    case
      when r.state = 'queued' then case
        when h.mode = 'off' then 'its shop, which is off'
        when r.due_at > now() then 'its time'
        when o.exclusive is not null then 'run ' || o.exclusive
        when o.at_work >= h.runs_at_once then 'its turn: ' || o.at_work || ' runs of the shop are at work'
        else 'a runner'
      end
      when r.marked_at is null then (
        select 'bulk operation ' || b.waits_for
        from sync.bulk_operations as b
        where b.owner = 'run ' || r.id and b.ended_at is null and b.waits_for is not null
        order by b.id limit 1
      )
      when h.mode = 'off' then 'its shop, which is off'
      else coalesce(
        (
          select 'the guard: ' || g.held_reason
          from sync.guards as g
          where g.shop_id = r.shop_id and g.held_at is not null and h.mode = 'live' and exists (
            select from sync.pending as p where p.shop_id = r.shop_id and p.kind = g.kind and p.run_id = r.id
          )
          order by g.kind limit 1
        ),
        (
          select 'Shopify: ' || c.message
          from sync.circuits as c
          where c.shop_id = r.shop_id and c.state <> 'closed' and (c.kind = '' or exists (
            select from sync.pending as p where p.shop_id = r.shop_id and p.kind = c.kind and p.run_id = r.id
          ))
          order by c.kind limit 1
        ),
        'its keys to be acknowledged'
      )
    end as waits_for
  from (
    select
      max(b.id) filter (where r.is_exclusive and b.is_exclusive and b.kind = r.kind) as exclusive,
      count(*) filter (where b.queued_at is not null and b.marked_at is null) as at_work
    from sync.runs as b
    where b.shop_id = r.shop_id and b.state = 'running'
  ) as o
) as w on r.state in ('queued', 'running');
comment on view sync.run_status is
'What was and is to be linked, reconciled, sent, planned, undone, when a shop went live: how far each run is, and what came '
'of it.';
