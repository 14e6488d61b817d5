-- A key of a run has failed, for good: it is counted, once.
create or replace function sync.note_run_failure(p_run_id bigint, p_kind text, p_key text, p_class text, p_message text)
returns void
language sql
set search_path = pg_catalog, pg_temp
begin atomic
with noted as (
  insert into sync.run_failures as f (run_id, kind, key, class, message)
  values (p_run_id, p_kind, p_key, p_class, p_message)
  on conflict (run_id, kind, key, part) do update set class = excluded.class, message = excluded.message
  returning f.run_id
)

update sync.runs as r
set failed = (
  select count(*) from sync.run_failures as f where f.run_id = r.id and (f.kind, f.key) <> (p_kind, p_key)
) + 1
from noted as n
where r.id = n.run_id;
end;
comment on function sync.note_run_failure(bigint, text, text, text, text) is 'Note that a key of a run has failed.';
