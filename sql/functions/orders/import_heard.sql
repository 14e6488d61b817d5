-- Apply of some orders what webhooks have told, where that is all: returns those that must be read instead. An order
-- with an item that is stocked at several locations is read: no webhook says which of them it takes from.
create or replace function sync.import_heard(p_turn sync.turn, p_keys text[]) returns table (order_id bigint, why text)
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  v_told jsonb;
  v_unread bigint[];
begin
  select
    jsonb_agg(jsonb_build_object(
      'order_id', h.order_id, 'order', h.heard, 'source', 'payload', 'why', h.topic || ' carries all of it'
    )) filter (where n.why is null),
    array_agg(h.order_id) filter (where n.why is null)
  into v_told, v_unread
  from sync.heard_orders as h
  cross join lateral (select sync.why_to_read(h) as why) as n
  where h.shop_id = (p_turn).shop_id and h.order_id = any (p_keys::bigint[]);
  if v_told is not null then
    perform sync.import_orders(p_turn, v_told);
  end if;
  return query
  select k.key::bigint, coalesce(sync.why_to_read(h), 'it was asked for')
  from unnest(p_keys) as k (key)
  left join sync.heard_orders as h on h.shop_id = (p_turn).shop_id and h.order_id = k.key::bigint
  where k.key::bigint <> all (coalesce(v_unread, '{}'));
end $$;
comment on function sync.import_heard(sync.turn, text[]) is
'Apply of some orders what webhooks have told; returns those that must be read, and why.';
