-- Store the requests that restore what a run has written of the catalogue: fields that Shopify still holds as they were
-- agreed on get what they were before; what the run has made leaves as the shop wishes it, what it has archived or set
-- to draft comes back. What is deleted, and variants that were made or removed, stay so. The catalogue is held already
-- (restore_run). May be repeated: what is restored already, or refused, is not stored again.
create or replace function sync.restore_products(p_run_id bigint, p_undo_id bigint) returns integer
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_shop_id bigint;
  v_product record;
  v_turn sync.turn;
  v_lanes smallint[] := '{}';
  v_stored integer := 0;
  v_steps integer;
begin
  select u.shop_id into strict v_shop_id from sync.runs as u where u.id = p_undo_id;
  for v_product in
    with held as (
      select
        w.group_key, w.entity, w.key, jsonb_object_agg(w.field, w.before) as fields
      from sync.fields_written(p_run_id) as w
      join sync.field_bases as b on b.shop_id = v_shop_id and b.entity = w.entity and b.key = w.key
      where w.is_last and w.before is distinct from b.seen -> w.field and b.seen -> w.field = b.theirs -> w.field
        -- Options of other names cannot be restored by themselves.
        and (w.field <> 'optionValues' or jsonb_path_query_array(w.before, '$[*].optionName')
          = jsonb_path_query_array(b.seen -> 'optionValues', '$[*].optionName'))
      group by w.group_key, w.entity, w.key
    )

    select
      w.group_key, w.is_made, w.is_removed, k.product_id, k.state, k.status_before, n.lane,
      coalesce(p.fields, '{}') as fields, coalesce(v.variants, '[]') as variants
    from sync.products_written(p_run_id) as w
    join sync.product_links as k on k.shop_id = v_shop_id and k.group_key = w.group_key and k.product_id is not null
    join sync.kinds as c on c.kind = 'catalog'
    cross join lateral (select sync.lane_of(w.group_key, c.lanes) as lane) as n
    left join held as p on p.entity = 'product' and p.key = w.group_key
    left join lateral (
      select jsonb_agg(jsonb_build_object(
        'place', 1, 'key', h.key, 'variant_id', m.variant_id, 'send', h.fields, 'ours', h.fields,
        'before', sync.seen_of(v_shop_id, 'variant', h.key)
      )) as variants
      from held as h
      join sync.catalog_variants as m
        on m.shop_id = v_shop_id and m.product_key = h.key and m.group_key = h.group_key
      where h.entity = 'variant' and h.group_key = w.group_key
    ) as v on true
    where not exists (
      select from sync.refusals as f
      join sync.requests as r on r.id = f.request_id and r.run_id = p_undo_id
      where f.shop_id = v_shop_id and f.kind = 'catalog' and f.key = w.group_key
    )
    order by w.group_key
  loop
    v_turn := row(v_shop_id, 'catalog', v_product.lane, null, null)::sync.turn;
    if v_product.is_made then
      select count(*) into v_steps
      from sync.store_removal(v_turn, 'live', v_product.group_key, p_undo_id) as s
      where v_product.state = 'ok';
    elsif v_product.is_removed then
      select count(*) into v_steps
      from sync.store_product_fields(
        v_turn, 'live', v_product.group_key, jsonb_build_object('status', v_product.status_before),
        jsonb_build_object('status', v_product.status_before), '{}', p_undo_id
      ) as s
      where v_product.state = 'left' and v_product.status_before is not null;
    else
      select count(*) into v_steps
      from (
        select s.* from sync.store_variant_fields(
          v_turn, 'live', v_product.group_key, v_product.product_id, v_product.variants, p_undo_id
        ) as s
        union all
        select s.* from sync.store_product_fields(
          v_turn, 'live', v_product.group_key, v_product.fields, v_product.fields,
          sync.seen_of(v_shop_id, 'product', v_product.group_key), p_undo_id
        ) as s
      ) as s;
    end if;
    if v_steps > 0 then
      v_stored := v_stored + 1;
      v_lanes := v_lanes || v_product.lane;
    end if;
  end loop;
  perform sync.queue_lanes(v_shop_id, 'catalog', array(select distinct l.lane from unnest(v_lanes) as l (lane)));
  return v_stored;
end $$;
comment on function sync.restore_products(bigint, bigint) is
'Store the requests that restore what a run has written of the catalogue; returns how many products.';
