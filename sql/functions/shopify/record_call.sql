-- Log a call and learn from its answer. p_call: {request_id, document, milliseconds, http_status, error_class, message,
-- shopify_request_id, reserved, requested, actual, capacity, restore_rate, available, items}, as far as they are known.
create or replace function sync.record_call(p_shop_id bigint, p_call json) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  perform sync.log_call(p_shop_id, p_call);
  perform sync.correct_budget(p_shop_id, p_call);
end $$;
comment on function sync.record_call(bigint, json) is
'Log a call of the Admin API and correct the shop''s budget by its answer.';
