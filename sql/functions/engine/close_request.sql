-- Note how a request ended. Applied: what it carried is at Shopify now. Rejected: nothing of it was written, and the
-- entries named in p_refusals ([{index, class, message}]) are refused. Abandoned: its fate is settled by looking at
-- Shopify. A second answer changes nothing.
create or replace function sync.close_request(
  p_request_id bigint, p_state text, p_answer json, p_refusals json default '[]'
)
returns boolean
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_request sync.requests;
begin
  update sync.requests as r
  set state = p_state, answer = p_answer, answered_at = clock_timestamp()
  where r.id = p_request_id and r.state = 'open'
  returning r.* into v_request;
  if not found then
    return false;
  end if;
  perform sync.note_answer(v_request, p_refusals);
  return true;
end $$;
comment on function sync.close_request(bigint, text, json, json) is
'Note how a request ended: applied, rejected or abandoned; false if that was known already.';
