-- Hand webhooks that wait to their subjects, the oldest first, each by itself: one that cannot be read is refused, and
-- spoils no other. Any runner may; two take different ones. Returns how many were taken.
create or replace function sync.route_webhooks(p_limit integer default 100) returns integer
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_one sync.webhooks;
  v_state text;
  v_message text;
  v_taken integer := 0;
begin
  for v_one in
    select w.* from sync.webhooks as w where w.state = 'waiting' order by w.id limit p_limit for update skip locked
  loop
    v_message := null;
    begin
      v_state := sync.handle_webhook(
        v_one.shop_id, v_one.topic, convert_from(v_one.body, 'UTF8')::jsonb
      );
    exception
      when lock_not_available or query_canceled or serialization_failure or deadlock_detected
        or insufficient_resources or operator_intervention then
        raise;
      when others then
        v_state := 'refused';
        v_message := sqlerrm;
    end;
    update sync.webhooks as w
    set state = v_state, message = v_message, handled_at = clock_timestamp()
    where w.id = v_one.id;
    v_taken := v_taken + 1;
  end loop;
  return v_taken;
end $$;
comment on function sync.route_webhooks(integer) is 'Hand webhooks that wait to their subjects; returns how many were taken.';
