-- A product that the shop has: what differs is sent, and nothing else. Whatever the variants are made of goes as a
-- whole (productSet: options, one more, one less, their order); fields of variants that stay go by themselves, fields
-- of the product too. It was seen since its key was taken.
create or replace function sync.prepare_update(
  p_turn sync.turn, p_mode text, p_group text, p_fields jsonb, p_variants jsonb
)
returns setof sync.step
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_link sync.product_links;
  v_since timestamptz;
  v_parts boolean;
  v_fields jsonb := p_fields;
  v_cleared boolean;
  v_status jsonb;
  v_shown jsonb;
  v_judged jsonb;
  v_send jsonb;
  v_ours jsonb;
  v_before jsonb;
  v_variants sync.judged_variant[];
  v_is_whole boolean;
  v_writes jsonb;
  v_input jsonb;
  v_whole text[];
begin
  select k.* into strict v_link from sync.product_links as k where k.shop_id = p_turn.shop_id and k.group_key = p_group;
  -- What is in no answer of Shopify's to our writes is read only if it has changed here.
  v_parts := (v_link.reads_parts or exists (
    select from jsonb_each(p_fields) as f
    left join sync.field_bases as b on b.shop_id = p_turn.shop_id and b.entity = 'product' and b.key = p_group
    where sync.is_part(f.key) and b.ours -> f.key is distinct from f.value
  )) and coalesce(v_link.parts_at < sync.seen_since(p_turn, not v_link.reads_parts), true);
  if v_parts then
    update sync.product_links as k set reads_parts = true
    where k.shop_id = p_turn.shop_id and k.group_key = p_group;
    return next sync.a_step('read', array[p_group], null, array[v_link.product_id]);
    return;
  end if;
  select p.since, p.cleared into v_since, v_cleared
  from sync.pending as p where p.shop_id = p_turn.shop_id and p.kind = 'catalog' and p.key = p_group;
  if v_link.state = 'left' then
    -- It left by us: its status is nobody's edit.
    v_status := coalesce(v_fields -> 'status', to_jsonb(v_link.status_before));
    v_fields := v_fields - 'status';
  end if;

  select
    coalesce(jsonb_agg(to_jsonb(f)), '[]'),
    coalesce(jsonb_object_agg(f.field, f.value) filter (where f.verdict = 'send'), '{}'),
    coalesce(jsonb_object_agg(f.field, f.ours) filter (where f.verdict = 'send'), '{}'),
    coalesce(jsonb_object_agg(f.field, f.theirs) filter (where f.verdict = 'send'), '{}')
  into v_judged, v_send, v_ours, v_before
  from sync.judge_fields(p_turn.shop_id, 'product', p_group, v_fields, v_since, v_link.updated_at) as f;
  v_shown := sync.seen_of(p_turn.shop_id, 'product', p_group) -> 'status';
  if v_status <> v_shown then
    v_send := v_send || jsonb_build_object('status', v_status);
    v_ours := v_ours || jsonb_build_object('status', v_status);
    v_before := v_before || jsonb_build_object('status', v_shown);
  end if;
  v_variants := array(
    select row(j.*)::sync.judged_variant
    from sync.judge_variants(p_turn.shop_id, p_group, p_variants, v_since, v_link.updated_at) as j
    order by j.place
  );
  if p_mode = 'live' and not coalesce(v_cleared, false) and exists (
    select from unnest(v_variants) as v where v.is_gone
  ) then
    -- What is deleted of a product, with its orders' link and its item, does not come back.
    if sync.guard_stops(p_turn.shop_id, 'catalog', 1) then
      return next sync.a_step('held', array[p_group]);
      return;
    end if;
    perform sync.count_losses(p_turn, 1, 0);
  end if;
  if p_mode = 'live' then
    perform sync.note_judgement(p_turn.shop_id, 'product', p_group, v_judged, v_link.updated_at);
    perform sync.note_judgement(p_turn.shop_id, 'variant', v.key, coalesce(v.judged, '[]'), v_link.updated_at)
    from unnest(v_variants) as v
    where v.key is not null and v.variant_id is not null;
    perform sync.forget_fields(p_turn.shop_id, 'product', p_group, p_fields);
    perform sync.forget_fields(p_turn.shop_id, 'variant', v.key, v.fields)
    from unnest(v_variants) as v
    where v.key is not null;
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
          array_agg(n.options order by v.place)
        ),
        'variants', jsonb_agg(
          case
            when v.variant_id is null then sync.variant_input(v.fields || '{"tracked": true}')
            else jsonb_build_object('id', 'gid://shopify/ProductVariant/' || v.variant_id)
              || sync.variant_input(
                jsonb_build_object('optionValues', n.options) || v.send
              )
          end
          order by v.place
        )
      ) || case
        when v_send ? 'media' then jsonb_build_object('files', sync.product_files(
          p_turn.shop_id, p_group, v_send -> 'media'
        ))
        else '{}'
      end || case when v_send ? 'handle' then '{"redirectNewHandle": true}'::jsonb else '{}' end,
      coalesce(jsonb_agg(jsonb_build_object(
        'entity', 'variant', 'key', v.key, 'before', v.before,
        'fields', case when v.variant_id is null then v.fields else v.ours end
      )) filter (where v.key is not null), '[]')
    into v_input, v_writes
    from sync.sent_variants(v_variants) as v
    -- One that is there keeps its values unless they are sent, by the names that the options have now.
    cross join lateral (
      select case
        when v.variant_id is null then v.fields -> 'optionValues'
        when v.send ? 'optionValues' then v.send -> 'optionValues'
        else n.kept
      end as options
      from (select jsonb_agg(jsonb_build_object(
        'optionName', coalesce(p_variants #>> array['0', 'fields', 'optionValues', (o.place - 1)::text, 'optionName'],
          o.pair ->> 'optionName'),
        'name', o.pair ->> 'name'
      ) order by o.place) as kept
      from jsonb_array_elements(v.options) with ordinality as o (pair, place)) as n
    ) as n
    where not v.is_gone;
    v_whole := array(
      select f.key from jsonb_object_keys(v_send) as f (key)
      where f.key = 'media' or not sync.is_part(f.key)
    );
    return query select s.*
    from sync.store_product_request(
      p_turn, p_group, p_mode, 'ProductSet', json_build_object(
        'identifier', json_build_object('id', 'gid://shopify/Product/' || v_link.product_id),
        'synchronous', jsonb_array_length(v_input -> 'variants') <= 100,
        'input', v_input,
        'variants', least(greatest(cardinality(v_variants), 1), 250),
        'media', sync.media_page(v_send -> 'media', v_link.media)
      ),
      v_writes || sync.a_write(p_group, v_whole, v_ours, v_before)
    ) as s;
    v_send := v_send - v_whole;
  else
    return query select s.*
    from sync.store_variant_fields(p_turn, p_mode, p_group, v_link.product_id, (
      select jsonb_agg(to_jsonb(v)) from sync.sent_variants(v_variants) as v where v.key is not null
    )) as s;
  end if;
  return query select s.* from sync.store_product_fields(p_turn, p_mode, p_group, v_send, v_ours, v_before) as s;
end $$;
comment on function sync.prepare_update(sync.turn, text, text, jsonb, jsonb) is
'Store the requests for what differs of a product that the shop has.';
