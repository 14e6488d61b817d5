-- The parts of a linked product as Shopify shows them, in the form in which they are compared. A list that is not shown
-- whole tells nothing, nor do sales channels that were not asked for.
create or replace function sync.shown_parts(p_link sync.product_links, p_node json) returns jsonb
language sql stable
set search_path = pg_catalog, pg_temp
begin atomic
select
  case when (p_node #>> '{collections,pageInfo,hasNextPage}')::boolean then '{}' else jsonb_build_object(
    'collections', coalesce((
      select jsonb_agg(distinct c.handle)
      from json_array_elements(p_node #> '{collections,nodes}') as s (node)
      inner join sync.catalog_collections as o
        on
          o.shop_id = p_link.shop_id and o.group_key = p_link.group_key
          and sync.gid_number(s.node ->> 'id') = o.collection_id
      inner join sync.collections as c on o.shop_id = c.shop_id and o.collection_id = c.collection_id
    ), '[]')
  ) end
  || case
    when coalesce((p_node #>> '{resourcePublicationsV2,pageInfo,hasNextPage}')::boolean, true) then '{}'
    else jsonb_build_object(
      'publications', coalesce((
        select jsonb_agg(distinct p.id)
        from json_array_elements(p_node #> '{resourcePublicationsV2,nodes}') as s (node)
        cross join lateral (select sync.gid_number(s.node #>> '{publication,id}') as id) as p
        inner join sync.catalogs as c on c.shop_id = p_link.shop_id
        left join sync.field_bases as b
          on b.shop_id = p_link.shop_id and b.entity = 'product' and b.key = p_link.group_key
        where p.id = any(c.publications) or b.ours -> 'publications' @> to_jsonb(p.id)
      ), '[]')
    )
  end
  || case when (p_node #>> '{media,pageInfo,hasNextPage}')::boolean then '{}' else jsonb_build_object(
    'media', coalesce((
      select jsonb_agg(jsonb_build_object('url', m.url, 'alt', coalesce(s.node ->> 'alt', '')) order by s.place)
      from json_array_elements(p_node #> '{media,nodes}') with ordinality as s (node, place)
      inner join sync.catalog_media as m
        on
          m.shop_id = p_link.shop_id and m.group_key = p_link.group_key
          and sync.gid_number(s.node ->> 'id') = m.media_id
    ), '[]')
  ) end
  || case when (p_node #>> '{metafields,pageInfo,hasNextPage}')::boolean then '{}' else coalesce((
    select jsonb_object_agg('metafields.' || m.namespace || '.' || m.key, s.node ->> 'value')
    from sync.read_metafields() as m
    left join json_array_elements(p_node #> '{metafields,nodes}') as s (node)
      on s.node ->> 'namespace' = m.namespace and s.node ->> 'key' = m.key
  ), '{}') end;
end;
comment on function sync.shown_parts(sync.product_links, json) is 'The parts of a linked product as Shopify shows them.';
