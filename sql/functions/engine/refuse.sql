-- Open a refusal, or count one more on the open one.
create or replace function sync.refuse(
  p_shop_id bigint, p_key text, p_location_id bigint, p_class text, p_message text, p_remedy text,
  p_job_id bigint, p_request_id bigint
)
returns void
language sql
set search_path = pg_catalog, pg_temp
begin atomic
insert into sync.refusals as f (shop_id, key, location_id, class, message, remedy, job_id, request_id)
values (p_shop_id, p_key, p_location_id, p_class, p_message, p_remedy, p_job_id, p_request_id)
on conflict (shop_id, kind, key, coalesce(location_id, 0)) do update
set
  refusals = f.refusals + (f.job_id is distinct from excluded.job_id)::integer,
  class = excluded.class,
  message = excluded.message,
  remedy = excluded.remedy,
  job_id = excluded.job_id,
  request_id = excluded.request_id,
  last_at = now();
end;
comment on function sync.refuse(bigint, text, bigint, text, text, text, bigint, bigint) is
'Open a refusal of a product (at a location), or count one more on the open one.';
