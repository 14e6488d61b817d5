-- Note that products of a shop may have to be pushed: those whose level differs from the one last seen, and
-- those that are pending already, for their push may be under way with an older number. What Shopify does not track
-- has no number to push: open_refusals shows it. p_run_id is the run that wants it, p_cleared that somebody has
-- seen what it will change: the guard lets it pass.
create or replace function sync.mark_pending(
  p_shop_id bigint, p_keys text[], p_since timestamptz[], p_run_id bigint default null, p_cleared boolean default false
)
returns integer
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_marked integer;
  v_moves integer;
begin
  with found as materialized (
    select
      c.product_key,
      coalesce(min(greatest(c.desired, 0)) filter (where c.desired < c.seen), 1000000) as urgency,
      min(k.since) as since,
      count(*) filter (where c.tracked and c.desired <> coalesce(c.seen, 0)) as moves,
      count(*) filter (where c.tracked and c.desired <= 0 and c.seen > 0) as zeroes
    from sync.compute_levels(p_shop_id, p_keys) as c
    join unnest(p_keys, p_since) as k (key, since) on k.key = c.product_key
    left join lateral (
      select p.key from sync.pending as p
      where p.shop_id = p_shop_id and p.kind = 'inventory' and p.key = c.product_key
      limit 1
    ) as q on true
    group by c.product_key
    having bool_or(c.tracked and c.desired is distinct from c.seen) or count(q.key) > 0
  ),

  marked as (
    insert into sync.pending as p (shop_id, key, lane, urgency, since, moves, zeroes, run_id, cleared)
    select
      p_shop_id, f.product_key, sync.lane_of(f.product_key), f.urgency, f.since, f.moves, f.zeroes, p_run_id, p_cleared
    from found as f
    order by f.product_key collate "C"  -- one order everywhere: no deadlock with release_guard()
    on conflict (shop_id, kind, key) do update
    set
      job_id = null,
      urgency = excluded.urgency,
      changes = p.changes + 1,
      moves = excluded.moves,
      zeroes = excluded.zeroes,
      run_id = coalesce(excluded.run_id, p.run_id),
      cleared = excluded.cleared or (p.cleared and excluded.zeroes <= p.zeroes)
    returning 1
  )

  select (select count(*) from marked), (
    -- The most that came within one minute: a backlog of hours is not one stroke.
    select max(s.moves) from (
      select sum(sum(f.moves)) over (
        order by date_trunc('second', f.since) range between interval '1 minute' preceding and current row
      ) as moves
      from found as f
      group by date_trunc('second', f.since)
    ) as s
  )
  into v_marked, v_moves;
  if v_marked > 0 and not p_cleared then
    perform sync.check_guard(p_shop_id, coalesce(v_moves, 0));
  end if;
  return v_marked;
end $$;
comment on function sync.mark_pending(bigint, text[], timestamptz[], bigint, boolean) is
'Note that the stock of some products may have to be pushed to a shop; returns how many do.';
