-- Store a request before it is sent, on disk too: runners' other commits do not wait for it. p_run_id is the undo that
-- wants it, which a job will come for: nobody has sent it.
create or replace function sync.store_request(
  p_turn sync.turn, p_id bigint, p_document text, p_idempotency_key uuid, p_variables json, p_entries integer,
  p_keys text[], p_run_id bigint default null
)
returns sync.step
language sql
set search_path = pg_catalog, pg_temp
begin atomic
select set_config('synchronous_commit', 'on', true);
insert into sync.requests as r
(id, shop_id, kind, lane, job_id, document, idempotency_key, variables, entries, keys, run_id, sends)
overriding system value
values (
  p_id, (p_turn).shop_id, (p_turn).kind, (p_turn).lane, (p_turn).job_id, p_document, p_idempotency_key, p_variables,
  p_entries, p_keys, p_run_id, (p_run_id is null)::integer
)
returning row(
  'send', r.keys, null, r.id, r.document, r.idempotency_key, r.variables, r.entries, r.sends, 0, null, null
)::sync.step;
end;
comment on function sync.store_request(sync.turn, bigint, text, uuid, json, integer, text[], bigint) is
'Store a request before it is sent; returns the step that sends it.';
