-- A job has pushed keys: they are settled, and what was refused before and not again is no longer refused. Says how
-- many, and whether the job was refused one of them itself: a job does not send again what it was refused.
create or replace function sync.settle_push(
  p_turn sync.turn, p_keys text[], out settled integer, out was_refused boolean
)
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  perform sync.hold_lane(p_turn);
  settled := sync.settle_keys(p_turn, p_keys);
  if p_turn.lane = sync.bulk_lane(p_turn.kind) then
    perform sync.release_bulk(p_turn);
  end if;
  was_refused := false;
  if exists (
    select from sync.refusals as f
    where f.shop_id = p_turn.shop_id and f.kind = p_turn.kind and f.key = any (p_keys)
  ) and exists (
    -- Where nothing is sent, nothing is taken back.
    select from sync.shops as h where h.id = p_turn.shop_id and h.mode = 'live'
  ) then
    delete from sync.refusals as f
    where f.shop_id = p_turn.shop_id and f.kind = p_turn.kind and f.key = any (p_keys)
      and f.job_id is distinct from p_turn.job_id;
    was_refused := exists (
      select from sync.refusals as f
      where f.shop_id = p_turn.shop_id and f.kind = p_turn.kind and f.key = any (p_keys) and f.job_id = p_turn.job_id
    );
  end if;
end $$;
comment on function sync.settle_push(sync.turn, text[]) is
'A job has pushed keys; returns how many are settled, and whether one of them was refused.';
