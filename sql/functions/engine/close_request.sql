-- Note how a request ended. Applied: what it carried is at Shopify now. Rejected: nothing of it was written. Abandoned:
-- its fate is settled by looking at Shopify. Without a row: that was known already.
create or replace function sync.close_request(p_request_id bigint, p_state text, p_answer json)
returns setof sync.requests
language sql
set search_path = pg_catalog, pg_temp
begin atomic
update sync.requests as r
set state = p_state, answer = p_answer, answered_at = clock_timestamp()
where r.id = p_request_id and r.state = 'open'
returning r.*;
end;
comment on function sync.close_request(bigint, text, json) is
'Note how a request ended: applied, rejected or abandoned; returns it, nothing if that was known.';
