-- A diary of products that have changed: a kind that sends nothing, and so needs no more of the engine than its lanes.
insert into sync.kinds (kind, entity, parts, present, lost)
values ('diary', 'product', 'entries', 'entries', 'lost');

create table sync.diary (shop_id bigint not null, product_key text not null);

create function sync.mark_diary(p_shop_id bigint, p_keys text[], p_since timestamptz[]) returns integer language sql
return (
  select sync.mark_keys(
    p_shop_id, 'diary', array_agg(p.product_key), array_agg(coalesce(c.since, p_since[1])), array_agg(0), array_agg(0),
    array_agg(0), null, true
  )
  from sync.read_products(p_keys) as p
  left join unnest(p_keys, p_since) as c (key, since) on c.key = p.product_key
);
