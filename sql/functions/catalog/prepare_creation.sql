-- A product that the shop does not have: the request that makes it, whole, by its custom id, so that none is made
-- twice whatever becomes of the answer. Before it, the definitions that its metafields need, once for each shop. What
-- takes an id of the product follows when it is there.
create or replace function sync.prepare_creation(
  p_turn sync.turn, p_mode text, p_group text, p_fields jsonb, p_variants jsonb
)
returns setof sync.step
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_unpriced text;
  v_definition record;
begin
  select v.variant ->> 'key' into v_unpriced
  from jsonb_array_elements(p_variants) as v (variant)
  where v.variant #>> '{fields,price}' is null
  order by 1
  limit 1;
  if found then
    perform sync.refuse(
      p_turn.shop_id, 'catalog', p_group, '', 'NO_PRICE', format('Variant %s has no price.', v_unpriced), p_turn.job_id, null
    );
    return;
  end if;
  for v_definition in
    select d.*
    from (
      select 'shelfwire' as namespace, 'product' as key, 'id' as type, 'Product of the warehouse' as name
      union all
      select m.* from sync.read_metafields() as m where p_fields ? format('metafields.%s.%s', m.namespace, m.key)
    ) as d
    join sync.catalogs as c on c.shop_id = p_turn.shop_id
    where format('%s.%s:%s', d.namespace, d.key, d.type) <> all (c.defined) and not exists (
      select from sync.requests as r
      where r.shop_id = p_turn.shop_id and r.kind = 'catalog' and r.lane = p_turn.lane and r.state = 'open'
        and r.document = 'MetafieldDefinitionCreate'
        and r.variables::jsonb -> 'definition' @> jsonb_build_object('namespace', d.namespace, 'key', d.key)
    )
  loop
    return query select s.*
    from sync.store_product_request(
      p_turn, p_group, p_mode, 'MetafieldDefinitionCreate', json_build_object('definition', json_build_object(
        'namespace', v_definition.namespace, 'key', v_definition.key, 'type', v_definition.type,
        'name', v_definition.name, 'ownerType', 'PRODUCT'
      )), '[]'
    ) as s;
  end loop;
  return query
  with input as (
    select
      sync.product_input(p_fields)
      || jsonb_build_object(
        'metafields', jsonb_build_array(jsonb_build_object(
          'namespace', 'shelfwire', 'key', 'product', 'type', 'id', 'value', p_group
        )) || sync.metafield_inputs(p_fields),
        'productOptions', sync.product_options(array_agg(v.variant #> '{fields,optionValues}' order by v.place)),
        'variants', jsonb_agg(
          sync.variant_input(v.variant -> 'fields' || '{"tracked": true}') order by v.place
        )
      )
      || case
        when p_fields ? 'media' then jsonb_build_object('files', sync.product_files(
          p_turn.shop_id, p_group, p_fields -> 'media'
        ))
        else '{}'
      end
      || case
        when p_fields ? 'collections' then jsonb_build_object('collections', coalesce(
          sync.collections_input(p_turn.shop_id, p_group, p_fields -> 'collections') -> 'collectionsToJoin', '[]'
        ))
        else '{}'
      end as given,
      jsonb_agg(jsonb_build_object(
        'entity', 'variant', 'key', v.variant ->> 'key', 'fields', v.variant -> 'fields', 'before', '{}'::jsonb
      )) as writes
    from jsonb_array_elements(p_variants) with ordinality as v (variant, place)
  )

  select s.*
  from input as i
  cross join lateral sync.store_product_request(
    p_turn, p_group, p_mode, 'ProductSet', json_build_object(
      'identifier', json_build_object('customId', json_build_object(
        'namespace', 'shelfwire', 'key', 'product', 'value', p_group
      )),
      'synchronous', jsonb_array_length(p_variants) <= 100,
      'input', i.given,
      'variants', least(jsonb_array_length(p_variants), 250),
      'media', sync.media_page(p_fields -> 'media', null)
    ),
    i.writes || jsonb_build_object(
      'entity', 'product', 'key', p_group, 'fields', p_fields - 'publications', 'before', '{}'::jsonb
    )
  ) as s;
end $$;
comment on function sync.prepare_creation(sync.turn, text, text, jsonb, jsonb) is
'Store the requests that make a product which the shop does not have.';
