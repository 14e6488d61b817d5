-- Log a call, as record_call() takes it. An answer without an error closes the shop's circuit; that of a reading call
-- does not while a request waits for its answer: Shopify may fail whatever writes, and a request that failed stays
-- open.
create or replace function sync.log_call(p_shop_id bigint, p_call json) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_call record;
begin
  insert into sync.calls (
    shop_id, request_id, document, at, milliseconds, http_status, error_class, message, shopify_request_id,
    requested_cost, actual_cost, currently_available, items
  )
  select
    p_shop_id, c.request_id, c.document, statement_timestamp(), c.milliseconds, c.http_status, c.error_class, c.message,
    c.shopify_request_id, c.requested, c.actual, c.available::integer, c.items
  from json_to_record(p_call) as c (
    request_id bigint, document text, milliseconds integer, http_status integer, error_class text, message text,
    shopify_request_id text, requested integer, actual integer, available double precision, items integer
  )
  returning request_id, document, error_class into v_call;
  if v_call.error_class is null and (
    v_call.request_id is not null
    or not exists (
      -- One that may not be sent waits for no answer.
      select from sync.requests as r
      join sync.shops as h on h.id = r.shop_id
      where r.shop_id = p_shop_id and r.state = 'open' and h.mode = 'live' and sync.held_back(r.shop_id, r.kind) is null
    )
  ) then
    perform sync.note_success(p_shop_id, v_call.document, v_call.request_id);
  end if;
end $$;
comment on function sync.log_call(bigint, json) is 'Log a call of the Admin API; without an error it closes the circuit.';
