-- Log a call and learn from its answer's throttleStatus. p_call: {request_id, document, milliseconds, http_status,
-- error_class, message, shopify_request_id, reserved, requested, actual, capacity, restore_rate, available}, as far as
-- they are known. By now the bucket may hold more than the answer said, by the call's age. Our own level may be lower
-- (points promised to others), never higher. An answer without an error closes the shop's circuit; that of a reading
-- call does not while a request waits for its answer: Shopify may fail whatever writes, and a request that failed
-- stays open.
create or replace function sync.record_call(p_shop_id bigint, p_call json) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_call record;
begin
  select c.* into v_call from json_to_record(p_call) as c (
    request_id bigint, document text, milliseconds integer, http_status integer, error_class text, message text,
    shopify_request_id text, reserved integer, requested integer, actual integer, capacity double precision,
    restore_rate double precision, available double precision
  );
  insert into sync.calls (
    shop_id, request_id, document, at, milliseconds, http_status, error_class, message, shopify_request_id,
    requested_cost, actual_cost, currently_available
  )
  values (
    p_shop_id, v_call.request_id, v_call.document, statement_timestamp(), v_call.milliseconds, v_call.http_status,
    v_call.error_class, v_call.message, v_call.shopify_request_id, v_call.requested, v_call.actual,
    v_call.available::integer
  );
  if v_call.error_class is null and (
    v_call.request_id is not null
    or not exists (select from sync.requests as r where r.shop_id = p_shop_id and r.state = 'open')
  ) then
    perform sync.note_success(p_shop_id);
  end if;
  update sync.budgets as b
  set
    capacity = coalesce(v_call.capacity, b.capacity),
    restore_rate = coalesce(v_call.restore_rate, b.restore_rate),
    -- least() passes over what the answer did not say.
    level = least(
      sync.budget_level(b) + v_call.reserved - coalesce(v_call.actual, v_call.reserved),
      v_call.available + v_call.restore_rate
      * (v_call.milliseconds / 1000.0 + extract(epoch from clock_timestamp() - statement_timestamp())),
      coalesce(v_call.capacity, b.capacity)
    ),
    updated_at = greatest(clock_timestamp(), b.updated_at)
  where b.shop_id = p_shop_id;
end $$;
comment on function sync.record_call(bigint, json) is
'Log a call of the Admin API and correct the shop''s budget by its answer.';
