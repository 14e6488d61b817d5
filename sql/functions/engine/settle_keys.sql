-- A job is done with keys: they are no longer pending, except those that changed again meanwhile.
create or replace function sync.settle_keys(p_turn sync.turn, p_keys text[]) returns integer
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_settled integer;
begin
  -- What is locked is about to be pending again: it is not settled, and not waited for, which could deadlock.
  delete from sync.pending as p
  where p.ctid = any (array(
    select q.ctid from sync.pending as q
    where q.shop_id = p_turn.shop_id and q.kind = p_turn.kind and q.key = any (p_keys) and q.job_id = p_turn.job_id
    for update skip locked
  ));
  get diagnostics v_settled = row_count;
  return v_settled;
end $$;
comment on function sync.settle_keys(sync.turn, text[]) is 'A job is done with keys; returns how many are settled.';
