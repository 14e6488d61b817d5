-- For the guard: parts lost and regained by what a lane sends now. What is longer ago counts less.
create or replace function sync.count_losses(p_turn sync.turn, p_losses bigint, p_regains bigint) returns void
language sql
set search_path = pg_catalog, pg_temp
begin atomic
update sync.lanes as l
set lost = greatest(sync.lost_lately(l) + p_losses - p_regains, 0), lost_at = clock_timestamp()
where l.shop_id = (p_turn).shop_id and l.kind = (p_turn).kind and l.lane = (p_turn).lane
  and (p_losses > 0 or (p_regains > 0 and l.lost > 0));
end;
comment on function sync.count_losses(sync.turn, bigint, bigint) is 'Count what a lane''s requests lose and regain.';
