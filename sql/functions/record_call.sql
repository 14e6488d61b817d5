-- Log a call and learn from its answer's throttleStatus. p_milliseconds is its age: by now the bucket may hold that
-- much more than the answer said. Our own level may be lower (points promised to others), never higher. An answer
-- without an error closes the shop's circuit; that of a reading call does not while a request waits for its answer:
-- Shopify may fail whatever writes, and a request that failed stays open.
create or replace function sync.record_call(
  p_shop_id bigint,
  p_request_id bigint,
  p_document text,
  p_milliseconds integer,
  p_http_status integer,
  p_error_class text,
  p_message text,
  p_shopify_request_id text,
  p_reserved integer,
  p_requested integer,
  p_actual integer,
  p_capacity double precision,
  p_restore_rate double precision,
  p_available double precision
)
returns void
language sql
set search_path = ''
begin atomic
insert into sync.calls (
  shop_id, request_id, document, milliseconds, http_status, error_class, message, shopify_request_id,
  requested_cost, actual_cost, currently_available
)
values (
  p_shop_id, p_request_id, p_document, p_milliseconds, p_http_status, p_error_class, p_message,
  p_shopify_request_id, p_requested, p_actual, p_available::integer
);
select sync.note_success(p_shop_id)
where p_error_class is null and (
  p_request_id is not null
  or not exists (select from sync.requests as r where r.shop_id = p_shop_id and r.state = 'open')
);
update sync.budgets as b
set
  capacity = coalesce(p_capacity, b.capacity),
  restore_rate = coalesce(p_restore_rate, b.restore_rate),
  -- least() passes over what the answer did not say.
  level = least(
    b.level + b.restore_rate * extract(epoch from greatest(clock_timestamp() - b.updated_at, '0'))
    + p_reserved - coalesce(p_actual, p_reserved),
    p_available + p_restore_rate * p_milliseconds / 1000.0,
    coalesce(p_capacity, b.capacity)
  ),
  updated_at = greatest(clock_timestamp(), b.updated_at)
where b.shop_id = p_shop_id;
end;
comment on function sync.record_call(
  bigint, bigint, text, integer, integer, text, text, text, integer, integer, integer,
  double precision, double precision, double precision
) is 'Log a call of the Admin API and correct the shop''s budget by its answer.';
