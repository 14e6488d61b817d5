-- Titles follow the warehouse: the kind, what is known of it, and what the engine asks of its subject.
insert into sync.kinds (kind, entity, batch_size, scopes, parts, present, lost)
values ('titles', 'product', 50, '{write_products}', 'titles', 'titles', 'emptied');

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
  from sync.read_products(p_keys) as p
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
    return next sync.a_step('held', p_keys);
  elsif v_mode = 'live' then
    return query
    select (s.step).* from (
      select sync.store_request(
        p_turn, nextval('sync.requests_id_seq'), 'TitleUpdate', gen_random_uuid(),
        json_build_object('product', json_build_object(
          'id', 'gid://shopify/Product/' || v.product_id, 'title', p.title
        )), 1, array[p.product_key]
      ) as step
      from sync.read_products(p_keys) as p
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

create function sync.note_titles(p_request sync.requests, p_refusals json) returns void language sql as $$
  insert into sync.titles (shop_id, product_key, title)
  select p_request.shop_id, p_request.keys[1], p_request.variables #>> '{product,title}'
  where p_request.state = 'applied'
  on conflict (shop_id, product_key) do update set title = excluded.title;
  select sync.refuse(
    p_request.shop_id, 'titles', p_request.keys[1], '', f.class, f.message, p_request.job_id, p_request.id
  )
  from json_to_recordset(p_refusals) as f (class text, message text);
$$;

-- The registration: a line in what the engine asks. Titles have no plan of their own and know no harmless request.
create or replace function sync.mark_changes(
  p_kind text, p_shop_id bigint, p_keys text[], p_since timestamptz[], p_run_id bigint default null,
  p_cleared boolean default false, p_gathers boolean default false
)
returns integer language plpgsql as $$
begin
  case p_kind
    when 'inventory' then return sync.mark_inventory(p_shop_id, p_keys, p_since, p_run_id, p_cleared, p_gathers);
    when 'catalog' then return sync.mark_catalog(p_shop_id, p_keys, p_since, p_run_id, p_cleared, p_gathers);
    when 'titles' then return sync.mark_titles(p_shop_id, p_keys, p_since, p_run_id, p_cleared);
    when 'diary' then return sync.mark_diary(p_shop_id, p_keys, p_since);
    when 'orders' then return 0;
  end case;
end $$;

create or replace function sync.count_parts(p_kind text, p_shop_id bigint)
returns table (parts bigint, present bigint) language plpgsql stable as $$
begin
  case p_kind
    when 'inventory' then return query select * from sync.count_levels(p_shop_id);
    when 'catalog' then return query select * from sync.count_products(p_shop_id);
    when 'titles' then
      return query select count(*), count(*) filter (where t.title <> '') from sync.titles as t where t.shop_id = p_shop_id;
    when 'diary', 'orders' then return query select 0::bigint, 0::bigint;
  end case;
end $$;

create or replace function sync.prepare_push(p_turn sync.turn, p_keys text[], p_size integer default null)
returns setof sync.step language plpgsql as $$
begin
  case p_turn.kind
    when 'inventory' then return query select * from sync.prepare_inventory(p_turn, p_keys, p_size);
    when 'titles' then return query select * from sync.prepare_titles(p_turn, p_keys);
  end case;
end $$;

create or replace function sync.note_answer(p_request sync.requests, p_refusals json) returns void language plpgsql as $$
begin
  case p_request.kind
    when 'inventory' then perform sync.note_inventory(p_request, p_refusals);
    when 'titles' then perform sync.note_titles(p_request, p_refusals);
  end case;
end $$;
