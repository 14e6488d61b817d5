-- Note that products of a shop may have to be pushed: those whose level differs from the one last seen, and
-- those that are pending already, for their push may be under way with an older number. What Shopify does not track
-- has no number to push: open_refusals shows it.
create or replace function sync.mark_pending(p_shop_id bigint, p_keys text[], p_since timestamptz[])
returns integer
language plpgsql
set search_path = ''
as $$
declare
  v_marked integer;
begin
  insert into sync.pending as p (shop_id, key, lane, urgency, since)
  select
    p_shop_id,
    c.product_key,
    sync.lane_of(c.product_key),
    coalesce(min(greatest(c.desired, 0)) filter (where c.desired < c.seen), 1000000),
    min(k.since)
  from sync.compute_levels(p_shop_id, p_keys) as c
  join unnest(p_keys, p_since) as k (key, since) on k.key = c.product_key
  left join sync.pending as q on q.shop_id = p_shop_id and q.kind = 'inventory' and q.key = c.product_key
  group by c.product_key
  having bool_or(c.tracked and c.desired is distinct from c.seen) or count(q.key) > 0
  order by c.product_key collate "C"  -- one order everywhere: no deadlock with settle_push()
  on conflict (shop_id, kind, key) do update
  set job_id = null, urgency = excluded.urgency, changes = p.changes + 1;
  get diagnostics v_marked = row_count;
  return v_marked;
end $$;
comment on function sync.mark_pending(bigint, text[], timestamptz[]) is
'Note that the stock of some products may have to be pushed to a shop; returns how many do.';
