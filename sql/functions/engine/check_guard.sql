-- Would what is pending for a live shop lose or change an unusual share of it? Then stop before anything goes out.
-- Lost: what is pending to be lost, and what was lately (a net count that fades), against the parts that are present.
-- Changed: p_moves, what became pending at one stroke, against all parts. What somebody has cleared, by the plan that
-- made the shop live or by releasing the guard, does not count.
create or replace function sync.check_guard(p_shop_id bigint, p_kind text, p_moves integer) returns boolean
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_guard sync.guards;
  v_losses integer;
begin
  select g.* into v_guard
  from sync.guards as g
  join sync.shops as h on h.id = g.shop_id
  where g.shop_id = p_shop_id and g.kind = p_kind and h.mode = 'live' and g.held_at is null;
  if not found then
    return false;
  end if;
  select coalesce(sum(p.losses), 0) into v_losses
  from sync.pending as p
  where p.shop_id = p_shop_id and p.kind = p_kind and p.losses > 0 and not p.cleared
    -- What the lane's job has in hand it counts itself.
    and not exists (
      select from sync.lanes as l
      where l.shop_id = p.shop_id and l.kind = p.kind and l.lane = p.lane and l.job_id = p.job_id
    );
  if v_losses > 0 and sync.guard_stops(p_shop_id, p_kind, v_losses) then
    return true;
  elsif v_guard.change_share >= 1 or p_moves <= v_guard.allowance then
    return false;
  end if;
  v_guard := sync.count_guarded(p_shop_id, p_kind);
  return p_moves > greatest(v_guard.allowance, v_guard.change_share * v_guard.parts) and sync.hold_kind(
    p_shop_id,
    p_kind,
    (
      select format('%s of %s %s would change at one stroke.', p_moves, v_guard.parts, k.parts)
      from sync.kinds as k where k.kind = p_kind
    ),
    jsonb_build_object('moves', p_moves, 'parts', v_guard.parts, 'share', v_guard.change_share)
  );
end $$;
comment on function sync.check_guard(bigint, text, integer) is
'Stop a kind if what is pending would lose or change an unusual share of it; says whether it did.';
