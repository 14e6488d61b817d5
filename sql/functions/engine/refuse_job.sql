-- A job failed again and again for a reason that nobody foresaw: its keys are refused, so that the lane goes on.
create or replace function sync.refuse_job(
  p_shop_id bigint, p_kind text, p_lane integer, p_job_id bigint, p_class text, p_message text
)
returns integer
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_refused integer;
begin
  with given_up as (
    delete from sync.pending as p
    where p.ctid = any (array(
      select q.ctid from sync.pending as q
      where q.shop_id = p_shop_id and q.kind = p_kind and q.lane = p_lane and q.job_id = p_job_id
      for update skip locked  -- it is about to be pending again
    ))
    returning p.key
  )

  select count(sync.refuse(p_shop_id, p_kind, g.key, '', p_class, p_message, p_job_id, null))
  into v_refused
  from given_up as g;
  perform sync.hand_on_probe(p_shop_id, p_job_id);
  return v_refused;
end $$;
comment on function sync.refuse_job(bigint, text, integer, bigint, text, text) is
'Refuse whatever keys a job holds; returns how many.';
