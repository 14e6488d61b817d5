-- Note what came of a delivery: p_error null, it arrived. Otherwise it is tried again, after ten seconds at first and
-- an hour at most, and given up a day after it was queued. Who held it for too long says nothing new.
create or replace function sync.finish_delivery(p_delivery_id bigint, p_attempt integer, p_error text)
returns text
language sql
set search_path = pg_catalog, pg_temp
begin atomic
update sync.deliveries as d
set
  state = case
    when p_error is null then 'delivered'
    when d.created_at < clock_timestamp() - interval '1 day' then 'failed'
    else 'waiting'
  end,
  told_at = case when p_error is null then clock_timestamp() end,
  error = p_error,
  next_try_at = clock_timestamp()
    + interval '1 second' * least(3600, 5 * 2.0 ^ least(d.attempts, 10)) * (0.5 + random())
where d.id = p_delivery_id and d.attempts = p_attempt and d.state = 'waiting'
returning d.state;
end;
comment on function sync.finish_delivery(bigint, integer, text) is
'Note what came of a delivery; returns its state then: delivered, waiting for the next try, or failed for good.';
