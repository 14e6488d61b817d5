-- One row per shop: is it in step, and if not, since when and why.
create or replace view sync.sync_health as
select
  h.domain as shop,
  h.mode,
  nullif(concat_ws(
    ' ',
    (select string_agg(format('The mapping''s [%s] cannot be read: %s.', f.entry, f.message), ' ' order by f.entry)
      from sync.mapping_faults as f),
    (select string_agg(g.held_reason, ' ' order by g.kind) from sync.guards as g where g.shop_id = h.id)
  ), '') as held_reason,
  (
    select
      case
        when w.other is not null or w.stops = 'copy' then 'Somebody else writes there: run shelfwire doctor.'
        when h.mode = 'live' and w.stops = 'unconfirmed' then 'The shop is asked whether somebody else writes there.'
        when h.mode = 'live' and w.stops = 'unread' then 'All its levels are read before more is written.'
      end
    from sync.writer_status as w where w.shop_id = h.id
  ) as writer,
  count(k.*) filter (where k.state = 'ok') as linked,
  count(k.*) filter (where k.state in ('broken', 'ambiguous')) as unlinked,
  (select count(*) from sync.pending as p where p.shop_id = h.id) as pending,
  (select min(p.since) from sync.pending as p where p.shop_id = h.id) as oldest_pending_at,
  (select count(*) from sync.refusals as f where f.shop_id = h.id) as refused,
  (
    select count(*) from sync.links as u
    inner join sync.variants as v on u.shop_id = v.shop_id and u.variant_id = v.variant_id
    where u.shop_id = h.id and u.state = 'ok' and not v.tracked
  ) as untracked,
  (select count(*) from sync.requests as r where r.shop_id = h.id and r.state = 'open') as open_requests,
  (select max(e.acknowledged_at) from sync.levels as e where e.shop_id = h.id) as last_acknowledged_at,
  (select sync.budget_level(b)::integer from sync.budgets as b where b.shop_id = h.id) as budget_points,
  (
    -- The last call, if it failed: what an operator looks at first.
    select c.error_class || ': ' || c.message
    from (select l.error_class, l.message from sync.calls as l where l.shop_id = h.id order by l.id desc limit 1) as c
  ) as last_call_error,
  coalesce((select c.state from sync.circuits as c where c.shop_id = h.id and c.kind = ''), 'closed') as circuit,
  (
    select c.class || ': ' || c.message
    from sync.circuits as c where c.shop_id = h.id and c.kind = '' and c.state <> 'closed'
  ) as circuit_reason,
  (
    select string_agg(c.message, ' ' order by c.kind)
    from sync.circuits as c where c.shop_id = h.id and c.kind <> '' and c.state <> 'closed'
  ) as refused_documents,
  (select min(c.next_probe_at) from sync.circuits as c where c.shop_id = h.id and c.state <> 'closed') as next_probe_at,
  h.linked_at,
  h.verified_at,
  (select min(r.trouble) from sync.runners as r) as runner_trouble
from sync.shops as h
left join sync.links as k on h.id = k.shop_id
group by h.id;
comment on view sync.sync_health is
'One row per shop: what is linked, pending and refused, the budget left, whether calls are held back, and what keeps a '
'runner waiting for Postgres.';
