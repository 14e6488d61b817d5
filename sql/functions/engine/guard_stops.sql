-- Would a push that loses so many parts be one too many? Then the kind is held.
create or replace function sync.guard_stops(p_shop_id bigint, p_kind text, p_losses bigint) returns boolean
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_guard sync.guards;
  v_losses double precision;
begin
  select g.* into strict v_guard from sync.guards as g where g.shop_id = p_shop_id and g.kind = p_kind;
  v_losses := ceil(p_losses + (
    select coalesce(sum(sync.lost_lately(l)), 0) from sync.lanes as l where l.shop_id = p_shop_id and l.kind = p_kind
  ));
  if v_guard.loss_share >= 1 or v_losses <= v_guard.allowance then
    return false;
  end if;
  v_guard := sync.count_guarded(p_shop_id, p_kind);
  if v_losses <= greatest(v_guard.allowance, v_guard.loss_share * v_guard.present) then
    return false;
  end if;
  -- Another lane may have held it just now: this push is one too many all the same.
  perform sync.hold_kind(
    p_shop_id,
    p_kind,
    (
      select format('%s of %s %s would be %s.', v_losses, v_guard.present, k.present, k.lost)
      from sync.kinds as k where k.kind = p_kind
    ),
    jsonb_build_object('losses', v_losses, 'present', v_guard.present, 'share', v_guard.loss_share)
  );
  return true;
end $$;
comment on function sync.guard_stops(bigint, text, bigint) is
'Would losing so many parts more be unusual? Then the kind is held.';
