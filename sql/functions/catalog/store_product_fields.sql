-- Store the requests that set fields of a product which is there: p_send the values, p_ours what of them is agreed on
-- then, p_before what Shopify held. A metafield that is to be empty is deleted; of collections and sales channels only
-- those are left that the product is in because of us.
create or replace function sync.store_product_fields(
  p_turn sync.turn, p_mode text, p_group text, p_send jsonb, p_ours jsonb, p_before jsonb,
  p_undo_id bigint default null
)
returns setof sync.step
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_link sync.product_links;
  v_id text;
  v_input jsonb;
  v_publications jsonb := coalesce(nullif(p_send -> 'publications', 'null'), '[]');
  v_part record;
begin
  select k.* into strict v_link from sync.product_links as k where k.shop_id = p_turn.shop_id and k.group_key = p_group;
  v_id := 'gid://shopify/Product/' || v_link.product_id;
  if p_send ? 'media' then
    return query select s.*
    from sync.store_product_request(
      p_turn, p_group, p_mode, 'ProductSet', json_build_object(
        'identifier', json_build_object('id', v_id),
        'synchronous', true,
        'input', json_build_object('files', sync.product_files(
          p_turn.shop_id, p_group, coalesce(nullif(p_send -> 'media', 'null'), '[]')
        )),
        'variants', 1,
        'media', sync.media_page(p_send -> 'media', v_link.media)
      ),
      sync.a_write(p_group, array['media'], p_ours, p_before), p_undo_id
    ) as s;
  end if;

  v_input := sync.product_input(p_send)
    || sync.collections_input(p_turn.shop_id, p_group, p_send -> 'collections')
    || case
      when sync.metafield_inputs(p_send) <> '[]' then jsonb_build_object('metafields', sync.metafield_inputs(p_send))
      else '{}'
    end
    || case when p_send ? 'handle' then '{"redirectNewHandle": true}'::jsonb else '{}' end;
  if v_input <> '{}' then
    return query select s.*
    from sync.store_product_request(
      p_turn, p_group, p_mode, 'ProductUpdate',
      json_build_object('product', jsonb_build_object('id', v_id) || v_input),
      sync.a_write(p_group, array(
        select f.key from jsonb_each(p_send) as f where (f.value <> 'null' or f.key not like 'metafields.%') and f.key not in ('publications', 'media')
      ), p_ours, p_before), p_undo_id
    ) as s;
  elsif p_send ? 'collections' and p_mode = 'live' then
    -- It is in all of them already, and in none that it is to leave.
    perform sync.note_collections(p_turn.shop_id, p_group, p_send -> 'collections');
    perform sync.agree_on(p_turn.shop_id, 'product', p_group, jsonb_build_object('collections', p_ours -> 'collections'));
  end if;

  select
    jsonb_agg(jsonb_build_object('ownerId', v_id, 'namespace', m.namespace, 'key', m.key)) as input,
    array_agg(f.key) as fields
  into v_part
  from jsonb_each(p_send) as f
  join sync.read_metafields() as m on f.key = 'metafields.' || m.namespace || '.' || m.key
  where f.value = 'null';
  if v_part.input is not null then
    return query select s.*
    from sync.store_product_request(
      p_turn, p_group, p_mode, 'MetafieldsDelete', json_build_object('metafields', v_part.input),
      sync.a_write(p_group, v_part.fields, p_ours, p_before), p_undo_id
    ) as s;
  end if;

  if not p_send ? 'publications' then
    return;
  end if;
  -- First what is to be left, by itself: the rest follows as soon as that is agreed on.
  select
    jsonb_agg(jsonb_build_object('publicationId', 'gid://shopify/Publication/' || p.id) order by p.id)
      filter (where not p.stays) as leaving,
    coalesce(jsonb_agg(p.id order by p.id) filter (where p.stays), '[]') as staying
  into v_part
  from (
    select n.id::bigint as id, v_publications @> to_jsonb(n.id::bigint) as stays
    from sync.field_bases as b
    cross join jsonb_array_elements_text(nullif(b.ours -> 'publications', 'null')) as n (id)
    where b.shop_id = p_turn.shop_id and b.entity = 'product' and b.key = p_group
  ) as p;
  if v_part.leaving is not null then
    return query select s.*
    from sync.store_product_request(
      p_turn, p_group, p_mode, 'PublishableUnpublish', json_build_object('id', v_id, 'input', v_part.leaving),
      sync.a_write(
        p_group, array['publications'], jsonb_build_object('publications', v_part.staying), p_before
      ), p_undo_id
    ) as s;
  elsif v_publications <> '[]' then
    return query select s.*
    from sync.store_product_request(
      p_turn, p_group, p_mode, 'PublishablePublish', json_build_object('id', v_id, 'input', (
        select jsonb_agg(jsonb_build_object('publicationId', 'gid://shopify/Publication/' || n.id) order by n.id)
        from jsonb_array_elements_text(v_publications) as n (id)
      )),
      sync.a_write(p_group, array['publications'], p_ours, p_before), p_undo_id
    ) as s;
  end if;
end $$;
comment on function sync.store_product_fields(sync.turn, text, text, jsonb, jsonb, jsonb, bigint) is
'Store the requests that set fields of a product.';
