-- A product that the shop has: what differs is sent, and nothing else. Whatever the variants are made of goes as a
-- whole (productSet: options, one more, one less, their order); fields of variants that stay go by themselves, fields
-- of the product too. What was not seen since its key was taken is read first.
create or replace function sync.prepare_update(
  p_turn sync.turn, p_mode text, p_group text, p_fields jsonb, p_variants jsonb
)
returns setof sync.step
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_link sync.product_links;
  v_id text;
  v_since timestamptz;
  v_fields jsonb := p_fields;
  v_judged jsonb;
  v_send jsonb;
  v_ours jsonb;
  v_before jsonb;
  v_variants sync.judged_variant[];
  v_is_whole boolean;
  v_writes jsonb;
  v_input jsonb;
  v_part record;
begin
  select k.* into strict v_link from sync.product_links as k where k.shop_id = p_turn.shop_id and k.group_key = p_group;
  v_id := 'gid://shopify/Product/' || v_link.product_id;
  if not exists (
    select from sync.field_bases as b
    join sync.lanes as l on l.shop_id = b.shop_id and l.kind = p_turn.kind and l.lane = p_turn.lane
    where b.shop_id = p_turn.shop_id and b.entity = 'product' and b.key = p_group and b.seen_at >= l.claimed_at
  ) then
    return next sync.a_step('read', array[p_group], null, array[v_link.product_id]);
    return;
  end if;
  select p.since into v_since
  from sync.pending as p where p.shop_id = p_turn.shop_id and p.kind = 'catalog' and p.key = p_group;
  if v_link.state = 'left' and v_link.status_before is not null and not v_fields ? 'status' then
    v_fields := v_fields || jsonb_build_object('status', v_link.status_before);
  end if;

  select
    coalesce(jsonb_agg(to_jsonb(f)), '[]'),
    coalesce(jsonb_object_agg(f.field, f.value) filter (where f.verdict = 'send'), '{}'),
    coalesce(jsonb_object_agg(f.field, f.ours) filter (where f.verdict = 'send'), '{}'),
    coalesce(jsonb_object_agg(f.field, f.theirs) filter (where f.verdict = 'send'), '{}')
  into v_judged, v_send, v_ours, v_before
  from sync.judge_fields(p_turn.shop_id, 'product', p_group, v_fields, v_since, v_link.updated_at) as f;
  v_variants := array(
    select row(j.*)::sync.judged_variant
    from sync.judge_variants(p_turn.shop_id, p_group, p_variants, v_since, v_link.updated_at) as j
    order by j.place
  );
  if p_mode = 'live' then
    perform sync.note_judgement(p_turn.shop_id, 'product', p_group, v_judged, v_link.updated_at);
    perform sync.note_judgement(p_turn.shop_id, 'variant', v.key, v.judged, v_link.updated_at)
    from unnest(v_variants) as v
    where v.judged is not null;
    if v_link.state = 'left' then
      update sync.product_links as k set state = 'ok', changed_at = now()
      where k.shop_id = p_turn.shop_id and k.group_key = p_group;
    end if;
  end if;

  select
    coalesce(bool_or(
      v.is_gone or v.variant_id is null or (v.key is not null and v.place <> v.turn)
      or v.judged @> '[{"field": "optionValues", "verdict": "send"}]'
    ), false)
  into v_is_whole
  from (
    select w.*, row_number() over (partition by w.key is null order by w.rank) as turn from unnest(v_variants) as w
  ) as v;

  if v_is_whole then
    select
      sync.product_input(v_send) || jsonb_build_object(
        'productOptions', sync.product_options(
          array_agg(coalesce(v.fields -> 'optionValues', v.options) order by v.place)
        ),
        'variants', jsonb_agg(
          case
            when v.variant_id is null then sync.variant_input(v.fields || '{"tracked": true}')
            else jsonb_build_object('id', 'gid://shopify/ProductVariant/' || v.variant_id)
              || sync.variant_input(
                jsonb_build_object('optionValues', coalesce(v.fields -> 'optionValues', v.options)) || v.send
              )
          end
          order by v.place
        )
      ),
      coalesce(jsonb_agg(jsonb_build_object(
        'entity', 'variant', 'key', v.key, 'before', v.before,
        'fields', case when v.variant_id is null then v.fields else v.ours end
      )) filter (where v.key is not null), '[]')
    into v_input, v_writes
    from sync.sent_variants(v_variants) as v
    where not v.is_gone;
  end if;
  if v_is_whole or v_send ? 'media' then
    return query select s.*
    from sync.store_product_request(
      p_turn, p_group, p_mode, 'ProductSet', json_build_object(
        'identifier', json_build_object('id', v_id),
        'synchronous', not v_is_whole or jsonb_array_length(v_input -> 'variants') <= 100,
        'input', coalesce(v_input, '{}') || case
          when v_send ? 'media' then jsonb_build_object('files', sync.product_files(
            p_turn.shop_id, p_group, v_send -> 'media'
          ))
          else '{}'
        end,
        'variants', least(greatest(cardinality(v_variants), 1), 250),
        'media', least(coalesce(jsonb_array_length(v_send -> 'media'), 0) + cardinality(v_link.media) + 1, 250)
      ),
      coalesce(v_writes, '[]') || jsonb_build_object(
        'entity', 'product', 'key', p_group,
        'fields', case
          when v_is_whole then (
            select coalesce(jsonb_object_agg(f.key, f.value), '{}') from jsonb_each(v_ours) as f
            where f.key = 'media' or sync.product_input(v_ours) ? f.key
          )
          else jsonb_build_object('media', v_ours -> 'media')
        end,
        'before', v_before
      )
    ) as s;
    v_send := v_send - 'media' - array(
      select jsonb_object_keys(sync.product_input(v_send)) where v_is_whole
    );
  end if;

  if not v_is_whole then
    for v_part in
      select
        jsonb_agg(
          jsonb_build_object('id', 'gid://shopify/ProductVariant/' || v.variant_id) || sync.variant_input(v.send)
          order by v.place
        ) as input,
        jsonb_agg(jsonb_build_object(
          'entity', 'variant', 'key', v.key, 'fields', v.ours, 'before', v.before
        )) as writes
      from (
        select w.*, (row_number() over (order by w.place) - 1) / 250 as part
        from sync.sent_variants(v_variants) as w
        where w.key is not null and w.send <> '{}'
      ) as v
      group by v.part
    loop
      return query select s.*
      from sync.store_product_request(
        p_turn, p_group, p_mode, 'ProductVariantsBulkUpdate',
        json_build_object('productId', v_id, 'variants', v_part.input), v_part.writes
      ) as s;
    end loop;
  end if;

  v_input := sync.product_input(v_send) || case
    when sync.metafield_inputs(v_send) <> '[]' then jsonb_build_object('metafields', sync.metafield_inputs(v_send))
    else '{}'
  end || case when v_send ? 'handle' then '{"redirectNewHandle": true}'::jsonb else '{}' end;
  if v_input <> '{}' then
    return query select s.*
    from sync.store_product_request(
      p_turn, p_group, p_mode, 'ProductUpdate',
      json_build_object('product', jsonb_build_object('id', v_id) || v_input),
      jsonb_build_array(jsonb_build_object(
        'entity', 'product', 'key', p_group, 'before', v_before, 'fields', (
          select coalesce(jsonb_object_agg(f.key, f.value), '{}') from jsonb_each(v_ours) as f
          where v_send ? f.key and f.value <> 'null' and f.key <> 'publications'
        )
      ))
    ) as s;
  end if;

  select
    jsonb_agg(jsonb_build_object('ownerId', v_id, 'namespace', m.namespace, 'key', m.key)) as input,
    jsonb_object_agg(f.key, f.value) as ours
  into v_part
  from jsonb_each(v_ours) as f
  join sync.read_metafields() as m on f.key = 'metafields.' || m.namespace || '.' || m.key
  where f.value = 'null';
  if v_part.input is not null then
    return query select s.*
    from sync.store_product_request(
      p_turn, p_group, p_mode, 'MetafieldsDelete', json_build_object('metafields', v_part.input),
      jsonb_build_array(jsonb_build_object(
        'entity', 'product', 'key', p_group, 'before', v_before, 'fields', v_part.ours
      ))
    ) as s;
  end if;

  if v_send ? 'publications' then
    return query select s.*
    from sync.store_product_request(
      p_turn, p_group, p_mode, 'PublishablePublish', json_build_object('id', v_id, 'input', (
        select jsonb_agg(jsonb_build_object('publicationId', 'gid://shopify/Publication/' || p.id) order by p.id)
        from jsonb_array_elements_text(v_send -> 'publications') as p (id)
      )),
      jsonb_build_array(jsonb_build_object(
        'entity', 'product', 'key', p_group, 'before', v_before,
        'fields', jsonb_build_object('publications', v_ours -> 'publications')
      ))
    ) as s;
  end if;
end $$;
comment on function sync.prepare_update(sync.turn, text, text, jsonb, jsonb) is
'Store the requests for what differs of a product that the shop has.';
