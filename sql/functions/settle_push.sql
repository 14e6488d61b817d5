-- A job is done: its keys are no longer pending, except those that changed again meanwhile, and what was
-- refused before and not again is no longer refused.
create or replace function sync.settle_push(p_shop_id bigint, p_job_id bigint, p_keys text[])
returns integer
language plpgsql
set search_path = ''
as $$
declare
  v_settled integer;
begin
  perform from sync.pending as p
  where p.shop_id = p_shop_id and p.kind = 'inventory' and p.key = any (p_keys) and p.job_id = p_job_id
  order by p.key  -- one order everywhere: no deadlock with mark_pending()
  for update;
  delete from sync.pending as p
  where p.shop_id = p_shop_id and p.kind = 'inventory' and p.key = any (p_keys) and p.job_id = p_job_id;
  get diagnostics v_settled = row_count;
  delete from sync.refusals as f
  where f.shop_id = p_shop_id and f.kind = 'inventory' and f.key = any (p_keys) and f.job_id <> p_job_id;
  return v_settled;
end $$;
comment on function sync.settle_push(bigint, bigint, text[]) is 'A job is done; returns how many keys it settled.';
