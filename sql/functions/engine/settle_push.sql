-- A job is done: its keys are no longer pending, except those that changed again meanwhile, and what was
-- refused before and not again is no longer refused. A runner that was silent for long may come back while another
-- does its job, under the same id: p_generation, if given, must still be the lane's.
create or replace function sync.settle_push(
  p_shop_id bigint, p_job_id bigint, p_keys text[], p_generation bigint default null
)
returns integer
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_settled integer;
begin
  if p_generation is not null then
    perform from sync.lanes as l
    where l.shop_id = p_shop_id and l.job_id = p_job_id and l.generation = p_generation
    for share;
    if not found then
      raise exception sqlstate 'SW001' using
        message = format('the lane of job %s of shop %s was taken over', p_job_id, p_shop_id);
    end if;
  end if;
  -- What is locked is about to be pending again: it is not settled, and not waited for, which could deadlock.
  delete from sync.pending as p
  where p.ctid = any (array(
    select q.ctid from sync.pending as q
    where q.shop_id = p_shop_id and q.kind = 'inventory' and q.key = any (p_keys) and q.job_id = p_job_id
    for update skip locked
  ));
  get diagnostics v_settled = row_count;
  delete from sync.refusals as f
  where f.shop_id = p_shop_id and f.kind = 'inventory' and f.key = any (p_keys) and f.job_id <> p_job_id;
  -- A probe that had nothing to send says nothing of the shop: another may look at once.
  update sync.circuits as c set next_probe_at = clock_timestamp()
  where c.shop_id = p_shop_id and c.state = 'half-open' and c.probe_job_id = p_job_id;
  return v_settled;
end $$;
comment on function sync.settle_push(bigint, bigint, text[], bigint) is
'A job is done; returns how many keys it settled.';
