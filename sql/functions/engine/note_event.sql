-- Append to the log of what happened. The shop is kept as a bare number: its events outlive it, and nobody waits.
create or replace function sync.note_event(
  p_shop_id bigint, p_kind text, p_subject text, p_message text, p_detail jsonb default '{}'
)
returns void
language sql
set search_path = pg_catalog, pg_temp
begin atomic
insert into sync.events (shop_id, kind, subject, message, detail)
values (p_shop_id, p_kind, coalesce(p_subject, ''), coalesce(p_message, ''), coalesce(p_detail, '{}'));
end;
comment on function sync.note_event(bigint, text, text, text, jsonb) is 'Append to the log of what happened.';
