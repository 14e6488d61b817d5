-- The subject of a topic hears what a webhook tells. Returns done, or kept: no subject wants it.
create or replace function sync.handle_webhook(p_shop_id bigint, p_topic text, p_body jsonb) returns text
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_handler text;
begin
  select t.handler into v_handler from sync.webhook_topics as t where t.topic = p_topic;
  if jsonb_typeof(p_body) is distinct from 'object' then
    raise exception 'The body is no object.';
  elsif v_handler = 'order' then
    if not sync.hear_order(p_shop_id, p_topic, p_body) then
      raise exception 'The body names no order.';
    end if;
    return 'done';
  end if;
  return 'kept';
end $$;
comment on function sync.handle_webhook(bigint, text, jsonb) is 'The subject of a topic hears what a webhook tells.';
