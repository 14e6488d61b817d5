-- A job ends without having pushed its keys: they wait in sync.pending until they are packed again.
create or replace function sync.give_back(p_shop_id bigint, p_job_id bigint) returns void
language plpgsql
set search_path = ''
as $$
begin
  perform from sync.pending as p
  where p.shop_id = p_shop_id and p.job_id = p_job_id
  order by p.key  -- one order everywhere: no deadlock with mark_pending()
  for update;
  update sync.pending as p set job_id = null where p.shop_id = p_shop_id and p.job_id = p_job_id;
end $$;
comment on function sync.give_back(bigint, bigint) is 'Take the keys of a job that ends out of it: they wait to be packed again.';
