-- A job ends without having pushed its keys: they wait in sync.pending until they are packed again.
create or replace function sync.give_back(p_shop_id bigint, p_job_id bigint) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  -- What is locked is about to be out of the job anyway; waiting for it could deadlock.
  update sync.pending as p set job_id = null
  where p.ctid = any (array(
    select q.ctid from sync.pending as q
    where q.shop_id = p_shop_id and q.job_id = p_job_id
    for update skip locked
  ));
end $$;
comment on function sync.give_back(bigint, bigint) is 'Take the keys of a job that ends out of it: they wait to be packed again.';
