-- Titles follow the warehouse: the kind, what is known of it, and the functions that the engine's parts make one of.
insert into sync.kinds (kind, entity, batch_size, priorities, scopes, parts, present, lost)
values ('titles', 'product', 50, '{5}', '{write_products}', 'titles', 'titles', 'emptied');

create table sync.titles (
  shop_id bigint not null,
  product_key text not null,
  title text not null,
  primary key (shop_id, product_key)
);

create function sync.mark_titles(
  p_shop_id bigint, p_keys text[], p_since timestamptz[], p_run_id bigint, p_cleared boolean
)
returns integer language sql
return (
  select sync.mark_keys(
    p_shop_id, 'titles', array_agg(p.product_key), array_agg(coalesce(c.since, now())), array_agg(0), array_agg(1),
    array_agg((p.title = '')::integer), p_run_id, p_cleared
  )
  from sync.source_products as p
  join sync.links as k on k.shop_id = p_shop_id and k.product_key = p.product_key and k.state = 'ok'
  left join unnest(p_keys, p_since) as c (key, since) on c.key = p.product_key
  left join sync.titles as t on t.shop_id = p_shop_id and t.product_key = p.product_key
  where (p_keys is null or c.key is not null) and p.title is distinct from t.title
);

create function sync.prepare_titles(p_turn sync.turn, p_keys text[]) returns setof sync.step language plpgsql as $$
declare
  v_mode text := sync.enter_push(p_turn);
begin
  if v_mode = 'held' then
    return next row('held', p_keys, null, null, null, null, null, null, null, null, null, null)::sync.step;
  elsif v_mode = 'live' then
    return query
    select (s.step).* from (
      select sync.store_request(
        p_turn, nextval('sync.requests_id_seq'), 'TitleUpdate', gen_random_uuid(),
        json_build_object('product', json_build_object(
          'id', 'gid://shopify/Product/' || v.product_id, 'title', p.title
        )), 1, array[p.product_key]
      ) as step
      from sync.source_products as p
      join sync.links as k on k.shop_id = p_turn.shop_id and k.product_key = p.product_key
      join sync.variants as v on v.shop_id = k.shop_id and v.variant_id = k.variant_id
      where p.product_key = any (p_keys) and not exists (
        select from sync.refusals as f
        where f.shop_id = k.shop_id and f.kind = 'titles' and f.key = p.product_key and f.job_id = p_turn.job_id
      )
      offset 0
    ) as s;
  end if;
end $$;

create function sync.close_titles(p_request_id bigint, p_state text, p_answer json, p_refusals json default '[]')
returns boolean language plpgsql as $$
declare
  v_request sync.requests;
begin
  select r.* into v_request from sync.close_request(p_request_id, p_state, p_answer) as r;
  if not found then
    return false;
  end if;
  if p_state = 'applied' then
    insert into sync.titles (shop_id, product_key, title)
    values (v_request.shop_id, v_request.keys[1], v_request.variables #>> '{product,title}')
    on conflict (shop_id, product_key) do update set title = excluded.title;
  end if;
  perform sync.refuse(
    v_request.shop_id, 'titles', v_request.keys[1], '', f.class, f.message, v_request.job_id, p_request_id
  )
  from json_to_recordset(p_refusals) as f (class text, message text);
  return true;
end $$;

create function sync.advance_titles(p_turn sync.turn, p_keys text[], p_then text, p_applied json, p_cost integer)
returns setof sync.step language plpgsql as $$
declare
  v_done record;
  v_steps sync.step[];
begin
  select s.settled, s.was_refused into v_done from sync.settle_push(p_turn, p_keys) as s;
  if p_applied is not null then
    perform sync.close_titles((p_applied ->> 'request_id')::bigint, 'applied', p_applied -> 'answer');
    perform sync.log_call(p_turn.shop_id, p_applied -> 'call');
  end if;
  v_steps := array[sync.next_step(p_turn, case when v_done.was_refused then 'end' else p_then end, v_done.settled)];
  if v_steps[1].step = 'take' then
    v_steps := v_steps || array(select p from sync.prepare_titles(p_turn, v_steps[1].keys) as p);
  end if;
  return query select s.* from sync.charge_steps(p_turn, v_steps, p_applied -> 'call', p_cost) as s;
end $$;

-- The registration: what the engine asks of whatever kind.
create or replace function sync.mark_changes(
  p_kind text, p_shop_id bigint, p_keys text[], p_since timestamptz[], p_run_id bigint default null,
  p_cleared boolean default false
)
returns integer language plpgsql as $$
begin
  return case p_kind
    when 'inventory' then sync.mark_inventory(p_shop_id, p_keys, p_since, p_run_id, p_cleared)
    when 'titles' then sync.mark_titles(p_shop_id, p_keys, p_since, p_run_id, p_cleared)
  end;
end $$;

create or replace function sync.count_parts(p_kind text, p_shop_id bigint)
returns table (parts bigint, present bigint) language plpgsql stable as $$
begin
  case p_kind
    when 'inventory' then return query select * from sync.count_levels(p_shop_id);
    when 'titles' then
      return query select count(*), count(*) filter (where t.title <> '') from sync.titles as t where t.shop_id = p_shop_id;
  end case;
end $$;
