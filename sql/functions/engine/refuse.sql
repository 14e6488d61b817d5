-- Open a refusal, or count one more on the open one. What a run has made pending has failed for it.
create or replace function sync.refuse(
  p_shop_id bigint, p_kind text, p_key text, p_part text, p_class text, p_message text, p_job_id bigint,
  p_request_id bigint
)
returns bigint
language sql
set search_path = pg_catalog, pg_temp
begin atomic
insert into sync.run_failures as r (run_id, kind, key, part, class, message)
select p.run_id, p_kind, p_key, p_part, p_class, p_message
from sync.pending as p
inner join sync.runs as w on p.run_id = w.id
where p.shop_id = p_shop_id and p.kind = p_kind and p.key = p_key
on conflict (run_id, kind, key, part) do update
set class = excluded.class, message = excluded.message, failed_at = excluded.failed_at;
insert into sync.refusals as f (shop_id, kind, key, part, class, message, job_id, request_id)
values (p_shop_id, p_kind, p_key, p_part, p_class, p_message, p_job_id, p_request_id)
on conflict (shop_id, kind, key, part) do update
set
  refusals = f.refusals + (f.job_id is distinct from excluded.job_id)::integer,
  class = excluded.class,
  message = excluded.message,
  job_id = excluded.job_id,
  request_id = excluded.request_id,
  last_at = now()
returning f.id;
end;
comment on function sync.refuse(bigint, text, text, text, text, text, bigint, bigint) is
'Open a refusal of a key, or of a part of it, or count one more on the open one; returns its id.';
